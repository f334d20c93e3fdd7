import { App, Button, Form, Input, InputNumber, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import { Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useSaveWorkspace, useWorkspace } from '../api/settings';
import type { Portal, Workspace } from '../model/settings';

/** The customers' own page: whether there is one, and what they may do there. */
export function PortalTab() {
  const workspace = useWorkspace();
  if (workspace.data) return <PortalForm workspace={workspace.data} key={workspace.data.version} />;
  if (workspace.error) return <ErrorState error={workspace.error} onRetry={() => workspace.refetch()} />;
  return <Lines rows={6} />;
}

type Values = { portal: Portal };
const example = 'https://pay.example.com/{number}?amount={amount}';
const start: Portal = { on: false, promiseDays: 30, dispute: true, paid: true };

function PortalForm({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const canWrite = useCan('settings.write');
  const save = useSaveWorkspace();
  const [form] = Form.useForm<Values>();
  const on = Form.useWatch(['portal', 'on'], form);
  const untouched = !workspace.portal?.on && !workspace.portal?.promiseDays && !workspace.portal?.dispute;
  const submit = ({ portal }: Values) =>
    save.mutate(
      { ...workspace, portal: { ...workspace.portal, ...portal, promiseDays: portal.promiseDays ?? 0 } },
      {
        onSuccess: () => message.success(t('state.saved')),
        onError: (cause) => {
          if (cause instanceof ApiError)
            form.setFields(
              Object.entries(cause.fields).map(([path, text]) => ({
                name: path.split('.') as never,
                errors: [text],
              })),
            );
          message.error(errorText(cause, t).text);
        },
      },
    );
  return (
    <Section title={t('portal.title')} className="settings-form">
      <Form
        form={form}
        layout="vertical"
        initialValues={{ portal: untouched ? start : workspace.portal }}
        onFinish={submit}
        disabled={!canWrite || save.isPending}
        requiredMark={false}
      >
        <p className="list-sub">{t('portal.text')}</p>
        <Form.Item
          name={['portal', 'on']}
          label={t('portal.on')}
          valuePropName="checked"
          extra={t('portal.onHint')}
        >
          <Switch />
        </Form.Item>
        {on && (
          <>
            <Form.Item
              name={['portal', 'promiseDays']}
              label={t('portal.promise')}
              extra={t('portal.promiseHint')}
            >
              <InputNumber min={0} max={90} precision={0} suffix={t('portal.days')} />
            </Form.Item>
            <Form.Item
              name={['portal', 'paid']}
              label={t('portal.paid')}
              valuePropName="checked"
              extra={t('portal.paidHint')}
            >
              <Switch />
            </Form.Item>
            <Form.Item
              name={['portal', 'dispute']}
              label={t('portal.dispute')}
              valuePropName="checked"
              extra={t('portal.disputeHint')}
            >
              <Switch />
            </Form.Item>
            <Form.Item name={['portal', 'payUrl']} label={t('portal.payUrl')} extra={t('portal.payUrlHint')}>
              <Input maxLength={500} placeholder={example} />
            </Form.Item>
            <Form.Item
              name={['portal', 'payNote', 'zh-CN']}
              label={t('portal.payNoteZh')}
              extra={t('portal.payNoteHint')}
            >
              <Input.TextArea maxLength={1000} rows={3} />
            </Form.Item>
            <Form.Item name={['portal', 'payNote', 'en']} label={t('portal.payNoteEn')}>
              <Input.TextArea maxLength={1000} rows={3} />
            </Form.Item>
          </>
        )}
        {canWrite && (
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('action.save')}
          </Button>
        )}
      </Form>
    </Section>
  );
}
