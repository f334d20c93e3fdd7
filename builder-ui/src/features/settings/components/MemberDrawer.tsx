import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { useChangeMember, useMembers } from '../api/settings';
import type { Member } from '../model/settings';
import { useRoleOptions } from './useRoleOptions';

type Values = { name: string; roles: string[]; teams: string[] };

/** A person's name, roles and teams. */
export function MemberDrawer({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation();
  const change = useChangeMember();
  return (
    <FormDrawer<Values>
      open
      onClose={onClose}
      title={t('people.change', { name: member.name })}
      sub={member.email}
      submit={t('action.save')}
      done={t('state.saved')}
      initial={{ name: member.name, roles: member.roles ?? [], teams: member.teams ?? [] }}
      onSubmit={({ name, roles, teams }) =>
        change.mutateAsync({
          id: member.id,
          version: member.version,
          roles,
          teams,
          ...(name === member.name ? {} : { name }),
        })
      }
    >
      {!member.shared && <TextField name="name" label={t('field.name')} required max={100} />}
      <RolesItem />
      <TeamsItem />
    </FormDrawer>
  );
}

export function RolesItem() {
  const { t } = useTranslation();
  const { options } = useRoleOptions();
  return (
    <Form.Item
      name="roles"
      label={t('people.roles')}
      rules={[{ required: true, message: t('field.required') }]}
    >
      <Select mode="multiple" optionFilterProp="label" options={options} placeholder={t('field.choose')} />
    </Form.Item>
  );
}

/** Teams are names; those in use are offered, new ones may be typed. */
export function TeamsItem() {
  const { t } = useTranslation();
  const members = useMembers();
  const known = [...new Set((members.data ?? []).flatMap(({ teams }) => teams ?? []))].sort();
  return (
    <Form.Item name="teams" label={t('people.teams')} extra={t('people.teamsHint')}>
      <Select mode="tags" options={known.map((value) => ({ value, label: value }))} tokenSeparators={[',']} />
    </Form.Item>
  );
}
