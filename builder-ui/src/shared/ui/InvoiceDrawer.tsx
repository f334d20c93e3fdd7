import { Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSaveInvoice } from '../api/records';
import { useMe } from '../api/session';
import { addDays } from '../lib/date';
import { toMinor } from '../lib/money';
import { useFormat } from '../lib/useFormat';
import { DateField } from './DateField';
import { FormDrawer } from './FormDrawer';
import { AmountField, CustomerField, currencyOptions, SelectField, TextField } from './fields';
import { CustomFields } from './record/CustomFields';

type Values = {
  customer: string;
  number: string;
  issueDate: string;
  dueDate: string;
  amount: string;
  currency: string;
  note?: string;
};
type Props = { open: boolean; onClose: () => void; customer?: { id: string; name: string } };

export function InvoiceDrawer({ open, onClose, customer }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const save = useSaveInvoice();
  const submit = (values: Values) =>
    save.mutateAsync({
      ...values,
      customer: customer?.id ?? values.customer,
      note: values.note || undefined,
      amount: toMinor(values.amount, values.currency) ?? 0,
    });
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={t('invoice.create')}
      sub={customer?.name}
      submit={t('invoice.create')}
      done={t('state.saved')}
      initial={{
        customer: customer?.id,
        currency: me.workspace.currency,
        issueDate: format.today,
        dueDate: addDays(format.today, 30),
      }}
      onSubmit={submit}
    >
      {!customer && <CustomerField name="customer" label={t('customer.one')} />}
      <TextField name="number" label={t('invoice.number')} required max={64} />
      <div className="field-pair">
        <Form.Item noStyle dependencies={['currency']}>
          {({ getFieldValue }) => (
            <AmountField
              name="amount"
              label={t('field.amount')}
              currency={getFieldValue('currency') ?? me.workspace.currency}
            />
          )}
        </Form.Item>
        <SelectField name="currency" label={t('field.currency')} options={currencyOptions} required />
      </div>
      <div className="field-pair">
        <DateField name="issueDate" label={t('invoice.issueDate')} />
        <DateField name="dueDate" label={t('invoice.dueDate')} />
      </div>
      <TextField name="note" label={t('field.note')} rows={2} />
      <CustomFields
        form="invoice"
        read={({ amount, ...values }) => ({
          ...values,
          amount: toMinor(String(amount ?? ''), String(values.currency ?? me.workspace.currency)),
        })}
      />
    </FormDrawer>
  );
}
