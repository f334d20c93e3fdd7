import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { useChangeMember, useMembers } from '../api/settings';
import type { Member } from '../model/settings';
import { useRoleOptions } from './useRoleOptions';

type Values = { name: string; roles: string[]; teams: string[]; manager?: string };

/** A person's name, roles, teams, and whom they report to. */
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
      initial={{
        name: member.name,
        roles: member.roles ?? [],
        teams: member.teams ?? [],
        manager: member.manager,
      }}
      onSubmit={({ name, roles, teams, manager }) =>
        change.mutateAsync({
          id: member.id,
          version: member.version,
          roles,
          teams,
          manager: manager ?? '',
          ...(name === member.name ? {} : { name }),
        })
      }
    >
      {!member.shared && <TextField name="name" label={t('people.name')} required max={100} />}
      <RolesItem />
      <TeamsItem />
      <ManagerItem of={member.id} />
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

/** Who hears first when a task of theirs is late. */
function ManagerItem({ of }: { of: string }) {
  const { t } = useTranslation();
  const members = useMembers();
  const options = (members.data ?? [])
    .filter(({ id, disabled }) => id !== of && !disabled)
    .map(({ id, name }) => ({ value: id, label: name }));
  return (
    <Form.Item name="manager" label={t('people.manager')} extra={t('people.managerHint')}>
      <Select
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        options={options}
        placeholder={t('people.managerNone')}
      />
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
