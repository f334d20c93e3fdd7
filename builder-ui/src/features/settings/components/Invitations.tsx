import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useInvitations, useInvite, useReinvite, useRevokeInvitation } from '../api/settings';
import type { Invitation, OnceLink } from '../model/settings';
import { RolesItem, TeamsItem } from './MemberDrawer';
import { useRoleOptions } from './useRoleOptions';

type Values = { email: string; name?: string; roles: string[]; teams?: string[] };
type Props = { onLink: (link: { to: string; link: OnceLink }) => void };

/** People who were asked and have not come yet, and asking another one. */
export function Invitations({ onLink }: Props) {
  const { t } = useTranslation();
  const canInvite = useCan('user.create');
  const list = useInvitations();
  const invite = useInvite();
  const [asking, setAsking] = useState(false);
  const waiting = list.data ?? [];
  return (
    <Section
      title={t('people.invitations')}
      count={list.data?.length}
      extra={
        canInvite && (
          <Button size="small" type="primary" onClick={() => setAsking(true)}>
            {t('people.invite')}
          </Button>
        )
      }
      className="people-invitations"
    >
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : !list.data ? (
        <Lines rows={1} />
      ) : waiting.length === 0 ? (
        <p className="list-sub people-none">{t('people.noneWaiting')}</p>
      ) : (
        <ul className="list">
          {waiting.map((one) => (
            <Waiting key={one.id} one={one} canInvite={canInvite} onLink={onLink} />
          ))}
        </ul>
      )}
      <FormDrawer<Values>
        open={asking}
        onClose={() => setAsking(false)}
        title={t('people.invite')}
        sub={t('people.inviteText')}
        submit={t('people.inviteSend')}
        initial={{ roles: [], teams: [] }}
        onSubmit={async ({ email, name, roles, teams }) => {
          const { link } = await invite.mutateAsync({
            email,
            name: name || undefined,
            roles,
            teams: teams ?? [],
          });
          onLink({ to: email, link });
        }}
      >
        <TextField
          name="email"
          label={t('field.email')}
          required
          rules={[
            { required: true, message: t('field.required') },
            { type: 'email', message: t('field.emailInvalid') },
          ]}
        />
        <TextField name="name" label={t('people.nameMaybe')} max={100} />
        <RolesItem />
        <TeamsItem />
      </FormDrawer>
    </Section>
  );
}

function Waiting({ one, canInvite, onLink }: { one: Invitation; canInvite: boolean } & Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const roles = useRoleOptions();
  const again = useReinvite();
  const revoke = useRevokeInvitation();
  const failed = (cause: unknown) => void message.error(errorText(cause, t).text);
  return (
    <li className="list-row">
      <div className="list-body">
        <div className="list-line row-title">
          {one.name ? `${one.name} · ${one.email}` : one.email}{' '}
          {one.expired && <Chip tone="amber">{t('people.expired')}</Chip>}
        </div>
        <div className="list-sub">
          {[
            one.roles.map(roles.name).join(t('roles.comma')),
            one.byName && t('people.by', { name: one.byName }),
            !one.expired && t('people.until', { date: format.instant(one.expiresAt) }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
      </div>
      {canInvite && (
        <div className="list-actions">
          <Button
            size="small"
            loading={again.isPending}
            aria-label={t('people.resendNamed', { email: one.email })}
            onClick={() =>
              again.mutate(one.id, {
                onSuccess: ({ link }) => onLink({ to: one.email, link }),
                onError: failed,
              })
            }
          >
            {t('people.resend')}
          </Button>
          <Button
            size="small"
            danger
            loading={revoke.isPending}
            aria-label={t('people.revokeNamed', { email: one.email })}
            onClick={() => revoke.mutate(one.id, { onError: failed })}
          >
            {t('settings.revoke')}
          </Button>
        </div>
      )}
    </li>
  );
}
