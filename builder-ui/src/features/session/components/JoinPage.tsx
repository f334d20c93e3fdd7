import '../texts';
import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { ApiError, api } from '@/shared/api/client';
import { useEnter } from '@/shared/api/session';
import { useTitle } from '@/shared/lib/useTitle';
import { ErrorState, Lines } from '@/shared/ui/states';
import { CodeItem } from './CodeItem';
import { EntryLayout } from './EntryLayout';
import { SignInError } from './LoginPage';
import { PasswordItem } from './PasswordItem';
import { useHashToken } from './useHashToken';

type Invitation = { email: string; name: string; workspace: string; known: boolean };

/** Where the link of an invitation leads: one's name and a password, and in. */
export default function JoinPage() {
  const { t, i18n } = useTranslation();
  useTitle(t('entry.join'));
  const token = useHashToken();
  const navigate = useNavigate();
  const look = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api.post<Invitation>('/session/invitation/look', { token }),
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const enter = useEnter('/session/invitation');
  const gone = look.error instanceof ApiError && look.error.status === 401;
  const key = enter.error instanceof ApiError ? enter.error.problem.key : undefined;
  const fields = enter.error instanceof ApiError ? enter.error.fields : {};
  const wantsCode = key === 'auth.code' || key === 'auth.codeBad';
  const placed = Object.keys(fields).length > 0;
  if (gone || look.error)
    return (
      <EntryLayout>
        <h1 className="entry-title">{t('entry.join')}</h1>
        {gone ? (
          <>
            <p className="entry-sub">{t('entry.joinGone')}</p>
            <Link to="/login">{t('session.signIn')}</Link>
          </>
        ) : (
          <ErrorState error={look.error} onRetry={() => look.refetch()} />
        )}
      </EntryLayout>
    );
  if (!look.data)
    return (
      <EntryLayout>
        <h1 className="entry-title">{t('entry.join')}</h1>
        <Lines rows={4} />
      </EntryLayout>
    );
  const { email, name, workspace, known } = look.data;
  return (
    <EntryLayout>
      <h1 className="entry-title">{t('entry.joinTitle', { workspace })}</h1>
      <p className="entry-sub">{t(known ? 'entry.joinKnown' : 'entry.joinNew', { email })}</p>
      {enter.error && key !== 'auth.code' && !placed && <SignInError error={enter.error} />}
      <Form
        layout="vertical"
        size="large"
        requiredMark={false}
        initialValues={{ name }}
        onFinish={(values) =>
          enter.mutate(
            { ...values, token, language: i18n.language },
            { onSuccess: () => navigate('/today', { replace: true }) },
          )
        }
      >
        {!known && (
          <Form.Item
            name="name"
            label={t('entry.yourName')}
            validateStatus={fields.name ? 'error' : undefined}
            help={fields.name}
            rules={[{ required: true, whitespace: true, message: t('field.required') }]}
          >
            <Input autoComplete="name" maxLength={100} autoFocus />
          </Form.Item>
        )}
        {known ? (
          <Form.Item
            name="password"
            label={t('field.password')}
            rules={[{ required: true, message: t('field.required') }]}
          >
            <Input type="password" autoComplete="current-password" autoFocus />
          </Form.Item>
        ) : (
          <PasswordItem />
        )}
        {fields.password && (
          <p className="entry-field-error" role="alert">
            {fields.password}
          </p>
        )}
        {wantsCode && <CodeItem recovery />}
        <Button type="primary" htmlType="submit" block loading={enter.isPending}>
          {t('entry.joinButton')}
        </Button>
      </Form>
    </EntryLayout>
  );
}
