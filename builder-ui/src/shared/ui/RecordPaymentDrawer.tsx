import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useSavePayment } from '../api/records';
import { useMe } from '../api/session';
import type { PaymentData } from '../api/types';
import type { Data } from '../form/types';
import { toMajor, toMinor } from '../lib/money';
import { useFormat } from '../lib/useFormat';
import { DateField } from './DateField';
import { FormDrawer } from './FormDrawer';
import { AmountField, CustomerField, currencyOptions, SelectField, TextField } from './fields';
import { CustomFields } from './record/CustomFields';

export type PayableInvoice = { id: string; number: string; open: number; currency: string };
type Values = {
  customer: string;
  amount: string;
  currency: string;
  valueDate: string;
  reference?: string;
  note?: string;
  invoices?: string[];
};
type Props = {
  open: boolean;
  onClose: () => void;
  /** Without a customer the drawer asks for one. */
  customer?: { id: string; name: string };
  invoices?: PayableInvoice[];
  /** Invoices to fill in at the start. */
  preset?: PayableInvoice[];
};

/** Money received: allocated to the named invoices first, the rest by the house rule. */
export function RecordPaymentDrawer({ open, onClose, customer, invoices = [], preset }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const record = useSavePayment();
  const currency = preset?.[0]?.currency ?? invoices[0]?.currency ?? me.workspace.currency;
  const sum = (list: PayableInvoice[]) => list.reduce((total, { open: left }) => total + left, 0);
  const initial: Partial<Values> = {
    customer: customer?.id,
    currency,
    valueDate: format.today,
    invoices: preset?.map(({ id }) => id),
    amount: preset?.length ? toMajor(sum(preset), currency) : undefined,
  };
  const read = ({ amount, ...rest }: Values): PaymentData => ({
    ...rest,
    customer: customer?.id ?? rest.customer,
    invoices: rest.invoices?.length ? rest.invoices : undefined,
    reference: rest.reference || undefined,
    note: rest.note || undefined,
    amount: toMinor(String(amount ?? ''), rest.currency) ?? 0,
  });

  return (
    <FormDrawer<Values>
      open={open}
      onClose={onClose}
      title={t('payment.record')}
      sub={customer ? customer.name : undefined}
      submit={t('payment.record')}
      done={t('payment.recorded')}
      initial={initial}
      onSubmit={(values) => record.mutateAsync(read(values))}
    >
      {(form) => (
        <>
          {!customer && <CustomerField name="customer" label={t('customer.one')} />}
          <Form.Item noStyle shouldUpdate={(before, after) => before.currency !== after.currency}>
            {() => {
              const chosen = form.getFieldValue('currency') ?? currency;
              const payable = invoices.filter((invoice) => invoice.currency === chosen && invoice.open > 0);
              return (
                <>
                  <div className="field-pair">
                    <AmountField name="amount" label={t('field.amount')} currency={chosen} />
                    <SelectField
                      name="currency"
                      label={t('field.currency')}
                      options={currencyOptions}
                      required
                    />
                  </div>
                  {payable.length > 0 && (
                    <Form.Item
                      name="invoices"
                      label={t('payment.forInvoices')}
                      extra={t('payment.forInvoicesHint')}
                    >
                      <Select
                        mode="multiple"
                        placeholder={t('payment.oldestFirst')}
                        options={payable.map(({ id, number, open: left }) => ({
                          value: id,
                          label: t('payment.invoiceOption', { number, open: format.money(left, chosen) }),
                        }))}
                        onChange={(ids: string[]) => {
                          const total = sum(payable.filter(({ id }) => ids.includes(id)));
                          if (total > 0) form.setFieldValue('amount', toMajor(total, chosen));
                        }}
                      />
                    </Form.Item>
                  )}
                </>
              );
            }}
          </Form.Item>
          <DateField name="valueDate" label={t('payment.valueDate')} extra={t('payment.valueDateHint')} />
          <TextField name="reference" label={t('payment.reference')} />
          <TextField name="note" label={t('field.note')} rows={2} />
          <CustomFields
            form="payment"
            read={(values) => read(values as unknown as Values) as unknown as Data}
          />
        </>
      )}
    </FormDrawer>
  );
}
