import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useMembers } from '../api/settings';
import type { Member, OnceLink } from '../model/settings';
import { HandoverDialog } from './HandoverDialog';
import { Invitations } from './Invitations';
import { LinkDialog } from './LinkDialog';
import { MemberDrawer } from './MemberDrawer';
import { MemberMenu } from './MemberMenu';
import { useRoleOptions } from './useRoleOptions';

/** The people of the workspace: who they are, what they may, and who is still to come. */
export function MembersTab() {
  const { t } = useTranslation();
  const canWrite = useCan('user.write');
  const members = useMembers();
  const roles = useRoleOptions();
  const [changing, setChanging] = useState<Member>();
  const [leaving, setLeaving] = useState<Member>();
  const [link, setLink] = useState<{ to: string; link: OnceLink }>();

  return (
    <>
      <Invitations onLink={setLink} />
      <Section title={t('settings.members')} count={members.data?.length}>
        {members.error ? (
          <ErrorState error={members.error} onRetry={() => members.refetch()} />
        ) : !members.data ? (
          <Lines rows={4} />
        ) : members.data.length === 0 ? (
          <Empty small title={t('settings.noMembers')} />
        ) : (
          <div className="table-scroll">
            <table className="table table-plain">
              <caption className="sr-only">{t('settings.members')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('people.name')}</th>
                  <th scope="col" className="hide-phone">
                    {t('field.email')}
                  </th>
                  <th scope="col">{t('settings.role')}</th>
                  <th scope="col" className="hide-phone">
                    {t('people.teams')}
                  </th>
                  {canWrite && (
                    <th scope="col">
                      <span className="sr-only">{t('people.actions')}</span>
                    </th>
                  )}
                </tr>
              </thead>
              <tbody>
                {members.data.map((member) => (
                  <tr key={member.id}>
                    <td>
                      <span className="cell-stack">
                        <span className="row-title">{member.name}</span>
                        <span className="cell-sub only-phone">{member.email}</span>
                      </span>
                    </td>
                    <td className="hide-phone">{member.email}</td>
                    <td>
                      <span className="cell-chips">
                        {(member.roles ?? []).map((role) => (
                          <Chip key={role}>{roles.name(role)}</Chip>
                        ))}
                        {member.disabled && <Chip tone="amber">{t('settings.disabled')}</Chip>}
                        {member.totp && <Chip tone="green">{t('people.totp')}</Chip>}
                      </span>
                    </td>
                    <td className="hide-phone">{(member.teams ?? []).join(t('roles.comma'))}</td>
                    {canWrite && (
                      <td className="cell-tools">
                        <MemberMenu
                          member={member}
                          onChange={() => setChanging(member)}
                          onHandover={() => setLeaving(member)}
                          onLink={(once) => setLink({ to: member.email, link: once })}
                        />
                      </td>
                    )}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Section>
      {changing && <MemberDrawer member={changing} onClose={() => setChanging(undefined)} />}
      {leaving && <HandoverDialog member={leaving} onClose={() => setLeaving(undefined)} />}
      {link && <LinkDialog {...link} onClose={() => setLink(undefined)} />}
    </>
  );
}
