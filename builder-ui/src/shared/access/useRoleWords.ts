import './texts';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useUserNames } from '@/shared/api/names';
import { conditionsOf, type Right, type Scope, wide } from './roles';

/** Roles, objects, actions and scopes in the reader's words. */
export function useRoleWords() {
  const { t } = useTranslation();
  const people = useUserNames().data;
  return useMemo(() => {
    const or = (group: string, key: string) => t(`roles.${group}.${key}`, { defaultValue: key });
    const value = (one: unknown): string =>
      Array.isArray(one)
        ? one.map(value).join(t('roles.comma'))
        : (people?.find(({ id }) => id === one)?.name ?? String(one));
    const scope = (of: Scope): string => {
      if (typeof of === 'string') return or('scope', of);
      const list = conditionsOf(of);
      if (!list) return or('scope', 'complex');
      return list
        .map(({ field, op, value: given }) =>
          t('roles.condition', {
            field: or('field', field),
            op: or('op', op),
            value: value(given),
          }),
        )
        .join(t('roles.and'));
    };
    const action = (key: string) => (key === '*' ? t('roles.everything') : or('action', key));
    return {
      role: (key: string) => t(`role.${key}`, { defaultValue: key }),
      object: (key: string) => (key === '*' ? t('roles.anything') : or('object', key)),
      action,
      access: (key: string) => or('access', key),
      scope,
      sentence: ({ object, actions, scope: of }: Right) => {
        if (object === '*' && actions.includes('*')) return t('roles.all');
        return t(wide.has(object) ? 'roles.wide' : 'roles.may', {
          actions: actions.map(action).join(t('roles.comma')),
          object: object === '*' ? t('roles.anything') : or('object', object),
          scope: scope(of),
        });
      },
    };
  }, [t, people]);
}
