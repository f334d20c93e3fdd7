import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { useUserNames } from '@/shared/api/names';
import { Chip } from '@/shared/ui/Chip';
import { ErrorState, Lines } from '@/shared/ui/states';
import type { Rule } from './roles';
import { useRoleWords } from './useRoleWords';

type Viewer = { id: string; name: string; roles: string[]; rules: Rule[] };

/** Everybody who can see an account, with the rows that decide, and those who cannot. */
export function Viewers({ customer }: { customer: string }) {
  const { t } = useTranslation();
  const words = useRoleWords();
  const people = useUserNames();
  const viewers = useQuery({
    queryKey: ['viewers', customer],
    queryFn: () => api.get<{ items: Viewer[] }>(`/customers/${customer}/viewers`),
    select: ({ items }) => items,
  });
  if (viewers.error) return <ErrorState error={viewers.error} onRetry={() => viewers.refetch()} />;
  if (!viewers.data) return <Lines rows={3} />;
  const others = (people.data ?? []).filter(({ id }) => !viewers.data.some((viewer) => viewer.id === id));
  return (
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
      {others.map((person) => (
        <li key={person.id} className="roles-right">
          <span className="cell-stack">
            <span className="list-dim">{person.name}</span>
            <span className="cell-sub">{t('roles.unseen')}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
