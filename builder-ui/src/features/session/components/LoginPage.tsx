import '../texts';
import { Alert, Button, Divider, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useLocation, useSearchParams } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useSetup, useSignIn } from '@/shared/api/session';
import { useTitle } from '@/shared/lib/useTitle';
import { Avatar } from '@/shared/ui/Avatar';
import { useErrorText } from '@/shared/ui/states';
import { CodeItem } from './CodeItem';
import { EntryLayout } from './EntryLayout';

const keyOf = (error: unknown) => (error instanceof ApiError ? error.problem.key : undefined);

export default function LoginPage() {
  const { t } = useTranslation();
  const setup = useSetup();
  const signIn = useSignIn();
  const [params] = useSearchParams();
  const location = useLocation();
  useTitle(t('session.signIn'));
  if (setup.data?.needed) return <Navigate to="/setup" replace />;
  const demoUsers = setup.data?.demo?.users ?? [];
  const providers = setup.data?.providers ?? [];
  const key = keyOf(signIn.error);
  const wantsCode = key === 'auth.code' || key === 'auth.codeBad' || signIn.variables?.code !== undefined;
  const problem = params.get('problem');
  const state = location.state as { from?: string; done?: string } | null;

  return (
    <EntryLayout>
      <h1 className="entry-title">{t('session.signIn')}</h1>
      <p className="entry-sub">{t('session.signInSub')}</p>
      {state?.done && !signIn.error && (
        <Alert
          className="entry-alert"
          type="success"
          role="status"
          showIcon
          title={t(`entry.${state.done}`)}
        />
      )}
      {problem && !signIn.error && (
        <Alert
          className="entry-alert"
          type="error"
          role="alert"
          showIcon
          title={t(`entry.problem.${problem.split('.').pop()}`, {
            defaultValue: t('entry.problem.provider'),
          })}
        />
      )}
      {signIn.error && key !== 'auth.code' && <SignInError error={signIn.error} />}
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
        {wantsCode && <CodeItem recovery />}
        <Button type="primary" htmlType="submit" block loading={signIn.isPending}>
          {t('session.signIn')}
        </Button>
        <p className="entry-more">
          <Link to="/reset">{t('entry.forgot')}</Link>
        </p>
      </Form>
      {providers.length > 0 && (
        <>
          <Divider plain>{t('entry.or')}</Divider>
          {providers.map(({ workspace, label }) => (
            <Button
              key={workspace}
              block
              size="large"
              className="entry-provider"
              href={`/api/v1/session/oidc/${workspace}?return=${encodeURIComponent(state?.from ?? '/today')}`}
            >
              {t('entry.with', { label })}
            </Button>
          ))}
        </>
      )}
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

export function SignInError({ error }: { error: unknown }) {
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
