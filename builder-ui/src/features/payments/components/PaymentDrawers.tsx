import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCommand } from '@/shared/api/records';
import type { Payment } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { useOpenInvoices } from '../api/payments';

type Props = { payment: Payment; open: boolean; onClose: () => void };

/** Takes a payment back: the form asks why, since reminders may follow from it. */
export function ReverseDrawer({ payment, open, onClose }: Props) {
  const { t } = useTranslation();
  const command = useCommand(payment.data.customer);
  return (
    <FormDrawer<{ reason: string }>
      open={open}
      onClose={onClose}
      title={t('payments.reverse')}
      sub={t('payments.reverseHint')}
      submit={t('payments.reverse')}
      danger
      done={t('payments.reversedDone')}
      onSubmit={({ reason }) => command.mutateAsync({ type: 'payment.reverse', payment: payment.id, reason })}
    >
      <TextField name="reason" label={t('field.reason')} rows={3} required />
    </FormDrawer>
  );
}

/** Applies what is left of a payment: to the chosen invoices in their order, or by the workspace's rule. */
export function ApplyDrawer({ payment, open, onClose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { customer, currency } = payment.data;
  const command = useCommand(customer);
  const invoices = useOpenInvoices(customer, currency, open);
  const payable = invoices.data?.items ?? [];
  return (
    <FormDrawer<{ items?: string[] }>
      open={open}
      onClose={onClose}
      title={t('payments.apply')}
      sub={t('payments.unappliedPart', { amount: format.money(payment.system.unapplied, currency) })}
      submit={t('payments.apply')}
      blocked={payable.length === 0}
      done={t('payments.appliedDone')}
      onSubmit={({ items }) =>
        command.mutateAsync({ type: 'payment.allocate', payment: payment.id, items: items ?? [] })
      }
    >
      {invoices.data && payable.length === 0 ? (
        <p className="list-dim">{t('payments.nothingOpen', { currency })}</p>
      ) : (
        <Form.Item name="items" label={t('payments.applyTo')} extra={t('payments.applyHint')}>
          <Select
            mode="multiple"
            loading={invoices.isPending}
            placeholder={t('payments.applyRule')}
            optionFilterProp="label"
            options={payable.map(({ id, data, system }) => ({
              value: id,
              label: t('payment.invoiceOption', {
                number: data.number,
                open: format.money(system.open, currency),
              }),
            }))}
          />
        </Form.Item>
      )}
    </FormDrawer>
  );
}
