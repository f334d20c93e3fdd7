import { useTranslation } from 'react-i18next';
import type { Tier } from '@/shared/api/types';
import { DateField } from '@/shared/ui/DateField';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SelectField, TextField } from '@/shared/ui/fields';
import { type TierCard, useSetTier } from './api';

type Props = { customer: string; card: TierCard; open: boolean; onClose: () => void };
type Values = { tier: Tier; until?: string; reason: string };

export default function TierDrawer({ customer, card, open, onClose }: Props) {
  const { t } = useTranslation();
  const set = useSetTier(customer);
  const byHand = card.source === 'hand';
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={t('tier.setTitle')}
      sub={t('tier.setText')}
      submit={t('tier.save')}
      done={t('tier.saved')}
      initial={{
        tier: card.current || undefined,
        until: byHand ? card.until : undefined,
        reason: byHand ? card.reason : '',
      }}
      onSubmit={(values) => set.mutateAsync(values)}
    >
      <SelectField
        name="tier"
        label={t('customer.tier')}
        required
        options={['A', 'B', 'C'].map((value) => ({ value, label: t('customer.tierOf', { tier: value }) }))}
      />
      <DateField name="until" label={t('tier.lastDay')} extra={t('tier.lastDayHint')} required={false} />
      <TextField name="reason" label={t('tier.why')} required max={500} />
    </FormDrawer>
  );
}
