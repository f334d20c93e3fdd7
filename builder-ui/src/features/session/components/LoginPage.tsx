import { Alert, Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Navigate } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useSetup, useSignIn } from '@/shared/api/session';
import { useTitle } from '@/shared/lib/useTitle';
import { Avatar } from '@/shared/ui/Avatar';
import { useErrorText } from '@/shared/ui/states';
import { EntryLayout } from './EntryLayout';

export default function LoginPage() {
  const { t } = useTranslation();
  const setup = useSetup();
  const signIn = useSignIn();
  useTitle(t('session.signIn'));
  if (setup.data?.needed) return <Navigate to="/setup" replace />;
  const demoUsers = setup.data?.demo?.users ?? [];

  return (
    <EntryLayout>
      <h1 className="entry-title">{t('session.signIn')}</h1>
      <p className="entry-sub">{t('session.signInSub')}</p>
      {signIn.error && <SignInError error={signIn.error} />}
      <Form layout="vertical" size="large" onFinish={(values) => signIn.mutate(values)} requiredMark={false}>
        <Form.Item
          name="email"
          label={t('field.email')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input type="email" autoComplete="username" autoFocus />
        </Form.Item>
        <Form.Item
          name="password"
          label={t('field.password')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input type="password" autoComplete="current-password" />
        </Form.Item>
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('session.signIn')}
        </Button>
      </Form>
      {demoUsers.length > 0 && (
        <section className="demo-users" aria-label={t('demo.enterAs')}>
          <h2 className="demo-title">{t('demo.enterAs')}</h2>
          {demoUsers.map(({ email, name, role }) => (
            <button
              key={email}
              type="button"
              className="demo-user"
              disabled={signIn.isPending}
              onClick={() => signIn.mutate({ email, demo: true })}
            >
              <Avatar name={name} />
              <span className="demo-name">{name}</span>
              <span className="demo-role">{t(`role.${role}`, { defaultValue: role })}</span>
            </button>
          ))}
        </section>
      )}
    </EntryLayout>
  );
}

function SignInError({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const { title, text } = useErrorText(error);
  const refused = error instanceof ApiError && error.status === 401;
  return (
    <Alert
      className="entry-alert"
      type="error"
      role="alert"
      showIcon
      title={refused ? (error.problem.detail ?? error.problem.title ?? t('session.refused')) : title}
      description={refused ? undefined : text}
    />
  );
}
