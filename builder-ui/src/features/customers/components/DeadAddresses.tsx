import { useMutation, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import { useCan } from '@/shared/api/session';
import type { CustomerPage } from '@/shared/api/types';
import { errorText } from '@/shared/ui/states';

/** Addresses that came back as dead: messages pass over them until somebody says to try again. */
export function DeadAddresses({ page }: { page: CustomerPage }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const mayWrite = useCan('customer.write');
  const client = useQueryClient();
  const id = page.record.id;
  const again = useMutation({
    mutationFn: () => api.post(`/customers/${id}/reachable`, {}),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.customer(id) }),
    onError: (error) => message.error(errorText(error, t).text),
  });
  const dead = (page.record.system as { unreachable?: string[] } | undefined)?.unreachable ?? [];
  if (dead.length === 0) return null;
  const named = dead.map((entry) => {
    const [channel = '', ...address] = entry.split(':');
    return `${t(`channel.${channel}`, { defaultValue: channel })} ${address.join(':')}`;
  });
  return (
    <div className="flag flag-amber" role="note">
      <strong>{t('customer.dead')}</strong>
      <span>{named.join(' · ')}</span>
      {mayWrite && (
        <Button size="small" loading={again.isPending} onClick={() => again.mutate()}>
          {t('customer.tryAgain')}
        </Button>
      )}
    </div>
  );
}
