import { useTranslation } from 'react-i18next';
import type { Payment } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';

/** What is unusual about a payment: taken back, or not wholly applied. */
export function StateChips({ payment: { data, system } }: { payment: Payment }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (system.reversed) return <Chip tone="red">{t('payments.reversed')}</Chip>;
  if (!(system.unapplied > 0)) return null;
  return (
    <Chip tone="amber">
      {t('payments.unappliedPart', { amount: format.money(system.unapplied, data.currency) })}
    </Chip>
  );
}
