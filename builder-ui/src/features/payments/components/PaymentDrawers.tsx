import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCommand, useSavePayment } from '@/shared/api/records';
import type { Payment, PaymentData } from '@/shared/api/types';
import type { Data } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { CustomFields } from '@/shared/ui/record/CustomFields';
import { useOpenInvoices } from '../api/payments';

type Props = { payment: Payment; open: boolean; onClose: () => void };

/** What may be changed of a payment: its bank reference, a note and the company's own fields. */
export function EditDrawer({ payment, open, onClose }: Props) {
  const { t } = useTranslation();
  const save = useSavePayment(payment);
  const read = (values: Partial<PaymentData>): PaymentData => ({
    ...payment.data,
    ...values,
    reference: values.reference || undefined,
    note: values.note || undefined,
  });
  return (
    <FormDrawer<Partial<PaymentData>>
      open={open}
      onClose={onClose}
      title={t('payments.edit')}
      sub={t('payments.editHint')}
      submit={t('action.save')}
      done={t('state.saved')}
      initial={payment.data}
      onSubmit={(values) => save.mutateAsync(read(values))}
    >
      <TextField name="reference" label={t('payment.reference')} />
      <TextField name="note" label={t('field.note')} rows={3} />
      <CustomFields
        form="payment"
        record={payment.id}
        masked={payment.masked}
        read={(values) => read(values) as unknown as Data}
      />
    </FormDrawer>
  );
}

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
