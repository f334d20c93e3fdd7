import { Form } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSaveInvoice } from '../api/records';
import { useMe } from '../api/session';
import type { Invoice, InvoiceData } from '../api/types';
import { addDays } from '../lib/date';
import { toMajor, toMinor } from '../lib/money';
import { useFormat } from '../lib/useFormat';
import { DateField } from './DateField';
import { FormDrawer } from './FormDrawer';
import { AmountField, CustomerField, currencyOptions, SelectField, TextField } from './fields';
import { Instalments } from './Instalments';
import { CustomFields } from './record/CustomFields';

/** An invoice as it is typed: amounts in major units. */
type Values = Omit<InvoiceData, 'amount' | 'instalments'> & {
  amount: string;
  instalments?: { due: string; amount: string }[];
};
type Props = {
  open: boolean;
  onClose: () => void;
  customer?: { id: string; name: string };
  /** One that is booked already, to correct it; whom it is for and its currency stay. */
  invoice?: Invoice;
};

export function InvoiceDrawer({ open, onClose, customer, invoice }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const save = useSaveInvoice(invoice);
  const read = (values: Values): InvoiceData => {
    const { amount, instalments, ...rest } = values;
    const currency = invoice?.data.currency ?? values.currency;
    const minor = (typed: string) => toMinor(String(typed ?? ''), currency) ?? 0;
    return {
      ...invoice?.data,
      ...rest,
      customer: invoice?.data.customer ?? customer?.id ?? values.customer,
      currency,
      note: values.note || undefined,
      amount: minor(amount),
      instalments: instalments?.length
        ? instalments.map((part) => ({ due: part?.due, amount: minor(part?.amount) }))
        : undefined,
    };
  };
  const title = t(invoice ? 'invoice.correct' : 'invoice.create');
  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={title}
      sub={invoice ? t('invoice.correctHint') : customer?.name}
      submit={invoice ? t('action.save') : title}
      done={t('state.saved')}
      initial={
        invoice
          ? typed(invoice.data)
          : {
              customer: customer?.id,
              currency: me.workspace.currency,
              issueDate: format.today,
              dueDate: addDays(format.today, 30),
            }
      }
      onSubmit={(values) => save.mutateAsync(read(values))}
    >
      {!customer && !invoice && <CustomerField name="customer" label={t('customer.one')} />}
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
        <SelectField
          name="currency"
          label={t('field.currency')}
          options={currencyOptions}
          required
          disabled={invoice !== undefined}
        />
      </div>
      <div className="field-pair">
        <DateField name="issueDate" label={t('invoice.issueDate')} />
        <DateField name="dueDate" label={t('invoice.dueDate')} />
      </div>
      <Instalments />
      <TextField name="note" label={t('field.note')} rows={2} />
      <CustomFields
        form="invoice"
        record={invoice?.id}
        masked={invoice?.masked}
        read={(values) => read(values as unknown as Values)}
      />
    </FormDrawer>
  );
}

function typed({ amount, instalments, ...rest }: InvoiceData): Values {
  const major = (minor: number) => toMajor(minor, rest.currency);
  return {
    ...rest,
    amount: major(amount),
    instalments: instalments?.map((part) => ({ due: part.due, amount: major(part.amount) })),
  };
}
