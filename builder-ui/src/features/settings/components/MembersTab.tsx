import { Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SelectField, TextField } from '@/shared/ui/fields';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useAddMember, useMembers, useRoles } from '../api/settings';

type Values = { name: string; email: string; password: string; role: string };

export function MembersTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const canWrite = useCan('settings.write');
  const members = useMembers();
  const roles = useRoles();
  const add = useAddMember();
  const [adding, setAdding] = useState(false);
  const roleName = (key: string) =>
    t(`role.${key}`, {
      defaultValue: format.text(roles.data?.find((role) => role.key === key)?.name) || key,
    });

  return (
    <Section
      title={t('settings.members')}
      count={members.data?.length}
      extra={
        canWrite && (
          <Button size="small" type="primary" onClick={() => setAdding(true)}>
            {t('settings.addMember')}
          </Button>
        )
      }
    >
      {members.error ? (
        <ErrorState error={members.error} onRetry={() => members.refetch()} />
      ) : !members.data ? (
        <Lines rows={4} />
      ) : members.data.length === 0 ? (
        <Empty small title={t('settings.noMembers')} />
      ) : (
        <div className="table-scroll">
          <table className="table table-plain">
            <caption className="sr-only">{t('settings.members')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('field.name')}</th>
                <th scope="col" className="hide-phone">
                  {t('field.email')}
                </th>
                <th scope="col">{t('settings.role')}</th>
              </tr>
            </thead>
            <tbody>
              {members.data.map((member) => (
                <tr key={member.id}>
                  <td>
                    <span className="cell-stack">
                      <span className="row-title">{member.name}</span>
                      <span className="cell-sub only-phone">{member.email}</span>
                    </span>
                  </td>
                  <td className="hide-phone">{member.email}</td>
                  <td>
                    <span className="cell-chips">
                      {(member.roles ?? []).map((role) => (
                        <Chip key={role}>{roleName(role)}</Chip>
                      ))}
                      {member.disabled && <Chip tone="amber">{t('settings.disabled')}</Chip>}
                    </span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <FormDrawer<Values>
        open={adding}
        onClose={() => setAdding(false)}
        title={t('settings.addMember')}
        submit={t('settings.addMember')}
        done={t('state.saved')}
        onSubmit={({ role, ...values }) => add.mutateAsync({ ...values, roles: [role] })}
      >
        <TextField name="name" label={t('field.name')} required />
        <TextField
          name="email"
          label={t('field.email')}
          required
          rules={[
            { required: true, message: t('field.required') },
            { type: 'email', message: t('field.emailInvalid') },
          ]}
        />
        <Form.Item
          name="password"
          label={t('settings.firstPassword')}
          extra={t('setup.passwordHint')}
          rules={[{ required: true, min: 10, message: t('setup.passwordHint') }]}
        >
          <Input.Password autoComplete="new-password" />
        </Form.Item>
        <SelectField
          name="role"
          label={t('settings.role')}
          required
          options={(roles.data ?? []).map(({ key }) => ({ value: key, label: roleName(key) }))}
        />
      </FormDrawer>
    </Section>
  );
}
