import { App, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCalendarName } from '@/shared/api/calendars';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import { currencyName } from '@/shared/lib/money';
import { zoneName } from '@/shared/lib/timezones';
import { useFormat } from '@/shared/lib/useFormat';
import { Fact, Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useSaveWorkspace, useWorkspace } from '../api/settings';
import type { Workspace } from '../model/settings';

type Values = { name: string };

export function WorkspaceTab() {
  const workspace = useWorkspace();
  if (workspace.data) return <WorkspaceForm workspace={workspace.data} key={workspace.data.version} />;
  if (workspace.error) return <ErrorState error={workspace.error} onRetry={() => workspace.refetch()} />;
  return (
    <div className="section">
      <Lines rows={6} />
    </div>
  );
}

function WorkspaceForm({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const format = useFormat();
  const canWrite = useCan('settings.write');
  const save = useSaveWorkspace();
  const calendarName = useCalendarName();
  const [form] = Form.useForm<Values>();
  const [changed, setChanged] = useState(false);
  const submit = ({ name }: Values) =>
    save.mutate(
      { ...workspace, name },
      {
        onSuccess: () => {
          setChanged(false);
          message.success(t('state.saved'));
        },
        onError: (error) => {
          if (error instanceof ApiError)
            form.setFields(
              Object.entries(error.fields).map(([path, text]) => ({
                name: path.split('.') as never,
                errors: [text],
              })),
            );
          message.error(errorText(error, t).text);
        },
      },
    );

  return (
    <Section title={t('settings.workspace')} className="settings-form">
      <Form
        form={form}
        layout="vertical"
        initialValues={{ name: workspace.name }}
        onFinish={submit}
        onValuesChange={() => setChanged(true)}
        disabled={!canWrite || save.isPending}
        requiredMark={false}
      >
        <Form.Item
          name="name"
          label={t('setup.workspaceName')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input />
        </Form.Item>
        <dl className="facts settings-facts">
          <Fact label={t('field.timezone')}>{zoneName(workspace.timezone, format.locale)}</Fact>
          {workspace.calendar && <Fact label={t('setup.calendar')}>{calendarName(workspace.calendar)}</Fact>}
          <Fact label={t('setup.currency')}>{currencyName(workspace.currency, format.locale)}</Fact>
        </dl>
        <p className="list-sub">
          <Link to="/settings/contact">{t('conduct.link')}</Link>
        </p>
        {canWrite && (
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!changed}>
            {t('action.save')}
          </Button>
        )}
      </Form>
    </Section>
  );
}
