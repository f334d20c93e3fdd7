import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/api/session';
import type { Text } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { useChannels, useFields, useFlowTypes, useRoles, useTemplates, useUsers } from '../api/designer';
import { isObject, type Param } from '../model/document';
import { entries } from '../model/draft';
import type { Words } from '../model/wording';
import { useDesigner } from '../store/designer';

type Named = { key: string; name?: Text | string };

/** What things are called here, for saying the values of settings. */
export function useValueWords(): Words {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency } = useMe().workspace;
  const local = useDesigner((state) => state.sync.local);
  const { data: fields } = useFields(isObject(local.subject) ? String(local.subject.form) : 'invoice');
  const { data: users } = useUsers();
  const { data: templates } = useTemplates();
  const { data: channels } = useChannels();
  const { data: roles } = useRoles();
  const { events } = useFlowTypes();
  return useMemo(() => {
    const names = (list: readonly Named[] | undefined) =>
      new Map((list ?? []).map(({ key, name }) => [key, format.text(name)]));
    return {
      t: t as Words['t'],
      text: format.text,
      money: (amount) => format.money(amount, currency),
      date: (date) => format.date(date),
      fields: new Map((fields ?? []).map((field) => [field.path, field])),
      names: {
        user: new Map((users ?? []).map(({ id, name }) => [id, name])),
        template: names(templates),
        channel: names(channels),
        role: names(roles),
        event: names(events),
        param: new Map(entries<Param>(local, 'params').map(([key, { name }]) => [key, format.text(name)])),
      },
    };
  }, [t, format, currency, fields, users, templates, channels, roles, events, local]);
}
