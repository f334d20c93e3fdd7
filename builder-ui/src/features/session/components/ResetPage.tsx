import '../texts';
import { useMutation } from '@tanstack/react-query';
import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ApiError, api } from '@/shared/api/client';
import { useTitle } from '@/shared/lib/useTitle';
import { EntryLayout } from './EntryLayout';
import { SignInError } from './LoginPage';
import { PasswordItem } from './PasswordItem';
import { useHashToken } from './useHashToken';

/** Without a link: ask for one. With one: choose another password. */
export default function ResetPage() {
  const { t } = useTranslation();
  useTitle(t('entry.reset'));
  const token = useHashToken();
  return (
    <EntryLayout>
      <h1 className="entry-title">{t('entry.reset')}</h1>
      {token ? <Choose token={token} /> : <Ask />}
      <p className="entry-more">
        <Link to="/login">{t('entry.back')}</Link>
      </p>
    </EntryLayout>
  );
}

function Ask() {
  const { t } = useTranslation();
  const ask = useMutation({
    mutationFn: (values: { email: string }) => api.post('/session/reset/ask', values),
  });
  if (ask.isSuccess)
    return (
      <Alert
        className="entry-alert"
        type="info"
        role="status"
        showIcon
        title={t('entry.asked')}
        description={t('entry.askedText')}
      />
    );
  return (
    <>
      <p className="entry-sub">{t('entry.askSub')}</p>
      {ask.error && <SignInError error={ask.error} />}
      <Form
        layout="vertical"
        size="large"
        requiredMark={false}
        onFinish={(values: { email: string }) => ask.mutate(values)}
      >
        <Form.Item
          name="email"
          label={t('field.email')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input type="email" autoComplete="username" autoFocus />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={ask.isPending}>
          {t('entry.ask')}
        </Button>
      </Form>
    </>
  );
}

function Choose({ token }: { token: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const set = useMutation({
    mutationFn: (values: { password: string }) => api.post('/session/reset', { ...values, token }),
    onSuccess: () => navigate('/login', { replace: true, state: { done: 'resetDone' } }),
  });
  const field = set.error instanceof ApiError ? set.error.fields.password : undefined;
  return (
    <>
      <p className="entry-sub">{t('entry.chooseSub')}</p>
      {set.error && !field && <SignInError error={set.error} />}
      {set.error instanceof ApiError && set.error.status === 401 && (
        <p>
          <Link to="/reset" reloadDocument>
            {t('entry.askAgain')}
          </Link>
        </p>
      )}
      <Form
        layout="vertical"
        size="large"
        requiredMark={false}
        onFinish={(values: { password: string }) => set.mutate(values)}
      >
        <PasswordItem />
        {field && (
          <p className="entry-field-error" role="alert">
            {field}
          </p>
        )}
        <Button type="primary" htmlType="submit" block loading={set.isPending}>
          {t('entry.choose')}
        </Button>
      </Form>
    </>
  );
}
