import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { Chip } from '@/shared/ui/Chip';
import { CustomerPick } from '@/shared/ui/CustomerPick';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useMembers } from '../api/settings';
import type { Rule } from '../model/roles';
import { useRoleWords } from './useRoleWords';

type Viewer = { id: string; name: string; roles: string[]; rules: Rule[] };

/** Everybody who can see an account, with the rows that decide, and those who cannot. */
export function ExplainPanel() {
  const { t } = useTranslation();
  const words = useRoleWords();
  const [customer, setCustomer] = useState<{ id: string; name: string }>();
  const members = useMembers();
  const viewers = useQuery({
    queryKey: ['viewers', customer?.id],
    queryFn: () => api.get<{ items: Viewer[] }>(`/customers/${customer?.id}/viewers`),
    select: ({ items }) => items,
    enabled: customer !== undefined,
  });
  const others = (members.data ?? []).filter(
    ({ id }) => viewers.data && !viewers.data.some((viewer) => viewer.id === id),
  );
  return (
    <Section title={t('roles.viewers')}>
      <div className="roles-pick">
        <label htmlFor="roles-customer">{t('roles.account')}</label>
        <CustomerPick
          id="roles-customer"
          value={customer}
          onChange={setCustomer}
          placeholder={t('field.findCustomer')}
        />
      </div>
      {!customer ? (
        <Empty small title={t('roles.pickAccount')} />
      ) : viewers.error ? (
        <ErrorState error={viewers.error} onRetry={() => viewers.refetch()} />
      ) : !viewers.data ? (
        <Lines rows={3} />
      ) : (
        <ul className="roles-rights">
          {viewers.data.map((viewer) => (
            <li key={viewer.id} className="roles-right">
              <span className="cell-stack">
                <span className="row-title">
                  {viewer.name}{' '}
                  {viewer.roles.map((role) => (
                    <Chip key={role}>{words.role(role)}</Chip>
                  ))}
                </span>
                {viewer.rules.map((rule) => (
                  <span key={JSON.stringify(rule)} className="cell-sub">
                    {t('roles.because', {
                      role: words.role(rule.role),
                      right: words.sentence({ ...rule, actions: [rule.action] }),
                    })}
                  </span>
                ))}
              </span>
            </li>
          ))}
          {others.map((member) => (
            <li key={member.id} className="roles-right">
              <span className="cell-stack">
                <span className="list-dim">{member.name}</span>
                <span className="cell-sub">{t('roles.unseen')}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
