import { Alert, Button, Form, Input, Radio, Select, Steps } from 'antd';
import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Navigate, useLocation, useNavigate } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useFinishSetup, useSession, useSetup } from '@/shared/api/session';
import type { Lang } from '@/shared/api/types';
import { setLanguage } from '@/shared/i18n';
import { currencies } from '@/shared/lib/money';
import { timezones } from '@/shared/lib/timezones';
import { useTitle } from '@/shared/lib/useTitle';
import { ErrorState, PageSkeleton, useErrorText } from '@/shared/ui/states';
import {
  calendars,
  keyFromName,
  type SetupValues,
  setupBody,
  setupDefaults,
  stepOfField,
} from '../model/setup';
import { EntryLayout } from './EntryLayout';

const steps = ['workspace', 'admin', 'calendar', 'sample'] as const;

export default function SetupPage() {
  const { t } = useTranslation();
  const setup = useSetup();
  const session = useSession();
  useTitle(t('setup.title'));
  if (setup.error) {
    return (
      <EntryLayout>
        <ErrorState error={setup.error} onRetry={() => setup.refetch()} level={1} />
      </EntryLayout>
    );
  }
  if (setup.isPending || session.isPending) return <PageSkeleton />;
  if (!setup.data.needed) return <Navigate to={session.data ? '/today' : '/login'} replace />;
  return <Wizard />;
}

function Wizard() {
  const { t, i18n } = useTranslation();
  const { hash } = useLocation();
  const navigate = useNavigate();
  const finish = useFinishSetup();
  const [form] = Form.useForm<SetupValues>();
  const [step, setStep] = useState(0);
  const fields = useRef<HTMLDivElement>(null);
  const moved = useRef(false);
  // What the server did not take, to be led to.
  const refused = useRef<string[]>(undefined);
  const headingId = useId();
  const token = new URLSearchParams(hash.slice(1)).get('token') ?? undefined;
  // Who came by the link has brought the code; it is asked for only where it is missing or refused.
  const [askToken, setAskToken] = useState(token === undefined);
  const last = step === steps.length - 1;

  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever the step changes
  useEffect(() => {
    if (!moved.current) return;
    if (refused.current) form.focusField(refused.current as never);
    else
      fields.current
        ?.querySelector<HTMLElement>('input:not([type="radio"]), input[type="radio"]:checked')
        ?.focus();
  }, [step]);
  const go = (to: number, field?: string[]) => {
    moved.current = true;
    refused.current = field;
    setStep(to);
  };

  const next = async () => {
    await form.validateFields();
    if (!last) return go(step + 1);
    try {
      await finish.mutateAsync(setupBody(form.getFieldsValue(true), i18n.language as Lang));
      navigate('/today', { replace: true });
    } catch (error) {
      if (!(error instanceof ApiError)) return;
      const placed = Object.entries(error.fields).map(([path, message]) => ({ path, message }));
      form.setFields(
        placed.map(({ path, message }) => ({ name: path.split('.') as never, errors: [message] })),
      );
      if (placed.some(({ path }) => path === 'token')) setAskToken(true);
      if (placed[0]) go(stepOfField(placed[0].path), placed[0].path.split('.'));
    }
  };

  const required = [{ required: true, message: t('field.required') }];
  const current = steps[step] ?? 'workspace';
  return (
    <EntryLayout wide>
      <h1 className="entry-title">{t('setup.title')}</h1>
      <p className="entry-sub">{t('setup.sub')}</p>
      <Steps
        className="setup-steps"
        current={step}
        size="small"
        responsive={false}
        items={steps.map((key) => ({ title: t(`setup.step.${key}`) }))}
      />
      <h2 className="setup-heading" id={headingId}>
        {t(`setup.heading.${current}`)}
      </h2>
      {finish.error && <SetupError error={finish.error} />}
      <Form<SetupValues>
        form={form}
        layout="vertical"
        onFinish={next}
        initialValues={setupDefaults(i18n.language as Lang, token)}
        requiredMark={false}
        scrollToFirstError
      >
        <div role="group" aria-labelledby={headingId} ref={fields}>
          {current === 'workspace' && (
            <>
              <Form.Item name="language" label={t('setup.language')}>
                <Radio.Group
                  optionType="button"
                  onChange={({ target }) => setLanguage(target.value)}
                  options={[
                    { value: 'zh-CN', label: t('lang.zh-CN') },
                    { value: 'en', label: t('lang.en') },
                  ]}
                />
              </Form.Item>
              <Form.Item name={['workspace', 'name']} label={t('setup.workspaceName')} rules={required}>
                <Input
                  autoFocus
                  autoComplete="organization"
                  onChange={({ target }) => {
                    if (!form.isFieldTouched(['workspace', 'key']))
                      form.setFieldValue(['workspace', 'key'], keyFromName(target.value));
                  }}
                />
              </Form.Item>
              <Form.Item
                name={['workspace', 'key']}
                label={t('setup.workspaceKey')}
                extra={t('setup.workspaceKeyHint')}
                rules={[
                  ...required,
                  { pattern: /^[a-z][a-z0-9-]{1,30}$/, message: t('setup.workspaceKeyRule') },
                ]}
              >
                <Input autoComplete="off" spellCheck={false} />
              </Form.Item>
              <Form.Item
                name="token"
                hidden={!askToken}
                label={t('setup.token')}
                extra={t('setup.tokenHint')}
                rules={required}
              >
                <Input autoComplete="off" spellCheck={false} />
              </Form.Item>
            </>
          )}
          {current === 'admin' && (
            <>
              <Form.Item name={['admin', 'name']} label={t('setup.personName')} rules={required}>
                <Input autoComplete="name" autoFocus />
              </Form.Item>
              <Form.Item
                name={['admin', 'email']}
                label={t('field.email')}
                rules={[...required, { type: 'email', message: t('field.emailInvalid') }]}
              >
                <Input type="email" autoComplete="username" />
              </Form.Item>
              <Form.Item
                name={['admin', 'password']}
                label={t('field.password')}
                extra={t('setup.passwordHint')}
                rules={[...required, { min: 10, message: t('setup.passwordHint') }]}
              >
                <Input.Password autoComplete="new-password" />
              </Form.Item>
            </>
          )}
          {current === 'calendar' && (
            <>
              <Form.Item name="calendar" label={t('setup.calendar')} extra={t('setup.calendarHint')}>
                <Select options={calendars.map((value) => ({ value, label: t(`calendar.${value}`) }))} />
              </Form.Item>
              <Form.Item name="timezone" label={t('field.timezone')}>
                <Select showSearch options={timezones().map((value) => ({ value, label: value }))} />
              </Form.Item>
              <Form.Item name="currency" label={t('setup.currency')}>
                <Select showSearch options={currencies.map((value) => ({ value, label: value }))} />
              </Form.Item>
            </>
          )}
          {current === 'sample' && (
            <Form.Item name="sample">
              <Radio.Group className="setup-choice" aria-label={t('setup.sample')}>
                <Radio value={true}>
                  <strong>{t('setup.sampleYes')}</strong>
                  <span>{t('setup.sampleYesText')}</span>
                </Radio>
                <Radio value={false}>
                  <strong>{t('setup.sampleNo')}</strong>
                  <span>{t('setup.sampleNoText')}</span>
                </Radio>
              </Radio.Group>
            </Form.Item>
          )}
        </div>
        <div className="setup-foot">
          {step > 0 && <Button onClick={() => go(step - 1)}>{t('action.back')}</Button>}
          <Button type="primary" htmlType="submit" loading={finish.isPending}>
            {t(last ? 'setup.finish' : 'action.next')}
          </Button>
        </div>
      </Form>
    </EntryLayout>
  );
}

function SetupError({ error }: { error: unknown }) {
  const { title, text } = useErrorText(error);
  return (
    <Alert className="entry-alert" type="error" role="alert" showIcon title={title} description={text} />
  );
}
