import { App, Button, Form, Input, InputNumber } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import type { Budget } from '@/shared/api/types';
import { Fact, Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useSaveWorkspace, useWorkspace } from '../api/settings';
import type { Workspace } from '../model/settings';

type Values = { name: string; window: { from: string; to: string }; max: number; value: number };

const standard: Budget = { max: 1, per: { value: 2, unit: 'businessDay' } };

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
  const canWrite = useCan('settings.write');
  const save = useSaveWorkspace();
  const [form] = Form.useForm<Values>();
  const [changed, setChanged] = useState(false);
  const time = { pattern: /^([01]\d|2[0-3]):[0-5]\d$/, message: t('settings.timeRule') };

  const [first = standard, ...others] = workspace.budgets ?? [];
  const required = [{ required: true, message: t('field.required') }];

  const submit = ({ name, window, max, value }: Values) =>
    save.mutate(
      {
        ...workspace,
        name,
        window: { ...workspace.window, ...window },
        budgets: [{ max, per: { ...first.per, value } }, ...others],
      },
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
        initialValues={{
          name: workspace.name,
          window: workspace.window,
          max: first.max,
          value: first.per.value,
        }}
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
          <Fact label={t('field.timezone')}>{workspace.timezone}</Fact>
          {workspace.calendar && (
            <Fact label={t('setup.calendar')}>
              {t(`calendar.${workspace.calendar}`, { defaultValue: workspace.calendar })}
            </Fact>
          )}
          <Fact label={t('setup.currency')}>{workspace.currency}</Fact>
        </dl>
        <h3 className="fact-title">{t('settings.window')}</h3>
        <p className="list-sub">{t('settings.windowText')}</p>
        <div className="field-pair">
          <Form.Item name={['window', 'from']} label={t('settings.from')} rules={[time]}>
            <Input className="num" placeholder={t('settings.timeSample')} />
          </Form.Item>
          <Form.Item name={['window', 'to']} label={t('settings.to')} rules={[time]}>
            <Input className="num" placeholder={t('settings.timeSample')} />
          </Form.Item>
        </div>
        <h3 className="fact-title">{t('settings.budget')}</h3>
        <p className="list-sub">{t('settings.budgetText')}</p>
        <div className="field-pair">
          <Form.Item name="max" label={t('settings.most')} rules={required}>
            <InputNumber min={1} max={10} precision={0} className="field-full" />
          </Form.Item>
          <Form.Item
            name="value"
            label={t('settings.within', {
              unit: t(`unitName.${first.per.unit}`, { defaultValue: first.per.unit }),
            })}
            rules={required}
          >
            <InputNumber min={1} max={60} precision={0} className="field-full" />
          </Form.Item>
        </div>
        {canWrite && (
          <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!changed}>
            {t('action.save')}
          </Button>
        )}
      </Form>
    </Section>
  );
}
