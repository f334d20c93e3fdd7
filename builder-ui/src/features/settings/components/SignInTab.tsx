import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Form, Input, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import { IconButton } from '@/shared/ui/IconButton';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useProvider, useSaveProvider, useSaveWorkspace, useWorkspace } from '../api/settings';
import type { Provider, Workspace } from '../model/settings';
import { useRoleOptions } from './useRoleOptions';

/** How people come in: who needs a second factor, and the company's own sign-in. */
export function SignInTab() {
  const { t } = useTranslation();
  const canWrite = useCan('settings.write');
  const workspace = useWorkspace();
  if (!canWrite) return <Empty title={t('people.noSignIn')} />;
  if (workspace.error) return <ErrorState error={workspace.error} onRetry={() => workspace.refetch()} />;
  if (!workspace.data) return <Lines rows={4} />;
  return (
    <>
      <SecondFactor workspace={workspace.data} key={workspace.data.version} />
      <ProviderSection />
    </>
  );
}

function SecondFactor({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const roles = useRoleOptions();
  const save = useSaveWorkspace();
  return (
    <Section title={t('people.second')} className="settings-form settings-gap">
      <Form
        layout="vertical"
        initialValues={{ totpRoles: workspace.totpRoles ?? [] }}
        onFinish={({ totpRoles }: { totpRoles: string[] }) =>
          save.mutate(
            { ...workspace, totpRoles },
            {
              onSuccess: () => message.success(t('state.saved')),
              onError: (cause) => message.error(errorText(cause, t).text),
            },
          )
        }
      >
        <Form.Item name="totpRoles" label={t('people.secondFor')} extra={t('people.secondHint')}>
          <Select
            mode="multiple"
            optionFilterProp="label"
            options={roles.options}
            placeholder={t('people.nobody')}
          />
        </Form.Item>
        <Button type="primary" htmlType="submit" loading={save.isPending}>
          {t('action.save')}
        </Button>
      </Form>
    </Section>
  );
}

function ProviderSection() {
  const { t } = useTranslation();
  const provider = useProvider();
  return (
    <Section title={t('people.provider')} className="settings-form">
      {provider.error ? (
        <ErrorState error={provider.error} onRetry={() => provider.refetch()} />
      ) : provider.data ? (
        <ProviderForm provider={provider.data} key={provider.data.version} />
      ) : (
        <Lines rows={6} />
      )}
    </Section>
  );
}

const defaults = { groupClaim: 'groups', groups: [], roles: [] };

function ProviderForm({ provider }: { provider: Provider }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const roles = useRoleOptions();
  const save = useSaveProvider();
  const [form] = Form.useForm<Provider>();
  const required = [{ required: true, message: t('field.required') }];
  const submit = (values: Provider) =>
    save.mutate(
      { ...values, version: provider.version },
      {
        onSuccess: () => message.success(t('state.saved')),
        onError: (cause) => {
          if (cause instanceof ApiError)
            form.setFields(
              Object.entries(cause.fields).map(([name, text]) => ({ name: name as never, errors: [text] })),
            );
          message.error(errorText(cause, t).text);
        },
      },
    );
  return (
    <Form form={form} layout="vertical" initialValues={{ ...defaults, ...provider }} onFinish={submit}>
      <p className="list-sub">{t('people.providerText')}</p>
      <Form.Item name="enabled" label={t('people.enabled')} required valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="label" label={t('people.label')} rules={required}>
        <Input maxLength={60} />
      </Form.Item>
      <Form.Item name="issuer" label={t('people.issuer')} rules={required}>
        <Input maxLength={300} />
      </Form.Item>
      <Form.Item name="clientId" label={t('people.clientId')} rules={required}>
        <Input maxLength={300} autoComplete="off" />
      </Form.Item>
      <Form.Item name="secret" label={t('people.clientSecret')}>
        <Input.Password autoComplete="new-password" maxLength={500} />
      </Form.Item>
      <Form.Item label={t('people.redirect')} required extra={t('people.redirectHint')}>
        <Input
          readOnly
          aria-label={t('people.redirect')}
          value={`${window.location.origin}/api/v1/session/oidc/back`}
          onFocus={({ target }) => target.select()}
        />
      </Form.Item>
      <Form.Item name="create" label={t('people.createUnknown')} required valuePropName="checked">
        <Switch />
      </Form.Item>
      <Form.Item name="roles" label={t('people.rolesWithout')} extra={t('people.rolesWithoutHint')}>
        <Select mode="multiple" optionFilterProp="label" options={roles.options} />
      </Form.Item>
      <Form.Item name="groupClaim" label={t('people.groupClaim')}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.List name="groups">
        {(rows, { add, remove }) => (
          <fieldset className="people-groups">
            <legend>{t('people.groups')}</legend>
            {rows.map((row) => (
              <div key={row.key} className="people-group">
                <Form.Item name={[row.name, 'group']} noStyle rules={required}>
                  <Input aria-label={t('people.group')} placeholder={t('people.group')} maxLength={200} />
                </Form.Item>
                <Form.Item name={[row.name, 'roles']} noStyle rules={required}>
                  <Select
                    mode="multiple"
                    optionFilterProp="label"
                    aria-label={t('people.roles')}
                    placeholder={t('people.roles')}
                    options={roles.options}
                  />
                </Form.Item>
                <Form.Item name={[row.name, 'teams']} noStyle>
                  <Select mode="tags" aria-label={t('people.teams')} placeholder={t('people.teams')} />
                </Form.Item>
                <IconButton
                  type="text"
                  icon={<DeleteOutlined />}
                  label={t('people.removeGroup')}
                  onClick={() => remove(row.name)}
                />
              </div>
            ))}
            <Button icon={<PlusOutlined />} onClick={() => add({ group: '', roles: [], teams: [] })}>
              {t('people.addGroup')}
            </Button>
          </fieldset>
        )}
      </Form.List>
      <Button type="primary" htmlType="submit" loading={save.isPending}>
        {t('action.save')}
      </Button>
    </Form>
  );
}
