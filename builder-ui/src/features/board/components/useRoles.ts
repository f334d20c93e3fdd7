import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';

const shipped = ['finance-manager', 'finance', 'sales-manager', 'sales', 'collector'];
const readers = new Set(['auditor', 'integration', 'admin']);

/** The roles that work can be given to. Who may not read the roles is offered the shipped ones. */
export function useRoles(): { key: string; name: string }[] {
  const { t } = useTranslation();
  const roles = useQuery({
    queryKey: ['roles', 'names'],
    queryFn: () =>
      api
        .get<{ items: { key: string; name: string }[] }>('/roles')
        .then(({ items }) => items)
        .catch(() => shipped.map((key) => ({ key, name: key }))),
    staleTime: 300_000,
  });
  return (roles.data ?? [])
    .filter(({ key }) => !readers.has(key))
    .map(({ key, name }) => ({ key, name: t(`role.${key}`, { defaultValue: name }) }));
}
