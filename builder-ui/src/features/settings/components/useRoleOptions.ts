import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { useRoles } from '../api/settings';

/** The workspace's roles by name, for pickers and lists. */
export function useRoleOptions() {
  const { t } = useTranslation();
  const format = useFormat();
  const roles = useRoles();
  const name = (key: string) =>
    t(`role.${key}`, {
      defaultValue: format.text(roles.data?.find((role) => role.key === key)?.name) || key,
    });
  return { name, options: (roles.data ?? []).map(({ key }) => ({ value: key, label: name(key) })) };
}
