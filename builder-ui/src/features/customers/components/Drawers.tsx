import { Drawer, Form, Radio } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useCommand, useInvoice } from '@/shared/api/records';
import type { AccountItem, CallResult, Command, CustomerPage } from '@/shared/api/types';
import { addDays } from '@/shared/lib/date';
import { toMajor, toMinor } from '@/shared/lib/money';
import { useFormat } from '@/shared/lib/useFormat';
import { CallReason } from '@/shared/ui/CallNow';
import { DateField } from '@/shared/ui/DateField';
import { DisputeDeadline } from '@/shared/ui/Dispute';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { AmountField, currencyOptions, SelectField, TextField } from '@/shared/ui/fields';
import { InvoiceDrawer } from '@/shared/ui/InvoiceDrawer';
import { RecordPaymentDrawer } from '@/shared/ui/RecordPaymentDrawer';
import { ErrorState, Lines } from '@/shared/ui/states';
import type { Action } from './ActionDrawers';
import { CustomerDrawer } from './CustomerDrawer';

type Props = { page: CustomerPage; action: Action; open: boolean; onClose: () => void };
type Fields = {
  amount: string;
  currency: string;
  date: string;
  reason: string;
  reference: string;
  until?: string;
  result: CallResult;
  note?: string;
  outcome: 'upheld' | 'rejected';
  owner: string;
  deadline: string;
};

const callResults: CallResult[] = [
  'reached',
  'voicemail',
  'unreachable',
  'invoiceNotReceived',
  'waitingApproval',
  'dispute',
  'paymentUnderWay',
  'paid',
];

const payable = ({ invoice, number, open, currency }: AccountItem) => ({
  id: invoice,
  number,
  open,
  currency,
});

export default function Drawers({ page, action, open, onClose }: Props) {
  const { id, data } = page.record;
  const shared = { open, onClose };
  const customer = { id, name: data.name };
  switch (action.kind) {
    case 'pay':
      return (
        <RecordPaymentDrawer
          {...shared}
          customer={customer}
          invoices={page.account.items.filter((item) => item.open > 0).map(payable)}
          preset={action.item && [payable(action.item)]}
        />
      );
    case 'edit':
      return <CustomerDrawer {...shared} customer={page.record} />;
    case 'invoice':
      return <InvoiceDrawer {...shared} customer={customer} />;
    case 'correct':
      return <CorrectDrawer key={action.item.invoice} id={action.item.invoice} {...shared} />;
    default:
      return <CommandDrawer page={page} action={action as CommandAction} {...shared} />;
  }
}

/** What is booked is read first: the account knows less of an invoice than its form. */
function CorrectDrawer({ id, open, onClose }: { id: string; open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const invoice = useInvoice(id);
  if (invoice.data) return <InvoiceDrawer invoice={invoice.data} open={open} onClose={onClose} />;
  return (
    <Drawer open={open} onClose={onClose} title={t('invoice.correct')}>
      {invoice.error ? (
        <ErrorState error={invoice.error} onRetry={() => invoice.refetch()} onClose={onClose} />
      ) : (
        <Lines rows={6} />
      )}
    </Drawer>
  );
}

/** The actions that are one command to the account; the others have drawers of their own. */
type CommandAction =
  | { kind: 'promise' | 'hold' | 'liftHold'; item?: AccountItem }
  | { kind: 'call' | 'stop' | 'confirmStop' | 'liftStop' }
  | Exclude<Extract<Action, { item: AccountItem }>, { kind: 'correct' }>;
type Shape = {
  title: string;
  sub?: string;
  danger?: boolean;
  initial?: Partial<Fields>;
  build: (values: Fields) => Command;
  body: ReactNode;
};

/** Every account command is the same drawer with other fields. */
function CommandDrawer({ page, action, open, onClose }: Omit<Props, 'action'> & { action: CommandAction }) {
  const { t } = useTranslation();
  const command = useCommand(page.record.id);
  const { title, sub, danger, initial, build, body } = useShape(page, action);
  return (
    <FormDrawer<Fields>
      key={action.kind}
      open={open}
      onClose={onClose}
      title={title}
      sub={sub}
      danger={danger}
      submit={title}
      done={t('state.saved')}
      initial={initial}
      onSubmit={(values) => command.mutateAsync(build(values))}
    >
      {body}
    </FormDrawer>
  );
}

function useShape(page: CustomerPage, action: CommandAction): Shape {
  const { t } = useTranslation();
  const format = useFormat();
  const item = 'item' in action ? action.item : undefined;
  const overdue = page.account.balances.find((balance) => balance.open > 0);
  const currency = item?.currency ?? overdue?.currency ?? 'CNY';
  const left = item?.collectable ?? overdue?.overdue ?? 0;
  const minor = (values: Fields) => toMinor(values.amount, values.currency ?? currency) ?? 0;
  const amount = left > 0 ? toMajor(left, currency) : undefined;
  const sub =
    item && t('invoice.subject', { number: item.number, open: format.money(item.open, item.currency) });

  switch (action.kind) {
    case 'promise':
      return {
        title: t('customer.promise'),
        sub,
        initial: { amount, currency, date: addDays(format.today, 7) },
        build: (values) => ({
          type: 'promise.make',
          amount: minor(values),
          currency: values.currency ?? currency,
          date: values.date,
          items: item && [item.invoice],
        }),
        body: (
          <>
            <AmountAndCurrency fixed={item?.currency} fallback={currency} />
            <DateField name="date" label={t('promise.date')} extra={t('promise.hint')} />
          </>
        ),
      };
    case 'dispute':
      return {
        title: t('invoice.dispute'),
        sub,
        initial: { amount },
        build: (values) => ({
          type: 'dispute.open',
          invoice: action.item.invoice,
          amount: minor(values),
          reason: values.reason,
          owner: values.owner,
          deadline: values.deadline,
        }),
        body: (
          <>
            <AmountField
              name="amount"
              label={t('invoice.disputedAmount')}
              currency={currency}
              max={action.item.open}
              extra={t('invoice.disputeHint')}
            />
            <TextField name="reason" label={t('field.reason')} rows={3} required />
            <DisputeDeadline />
          </>
        ),
      };
    case 'assignDispute': {
      const dispute = action.item.disputes?.find(({ id }) => id === action.dispute);
      return {
        title: t('dispute.assign'),
        sub,
        initial: { owner: dispute?.owner, deadline: dispute?.deadline },
        build: (values) => ({
          type: 'dispute.assign',
          invoice: action.item.invoice,
          dispute: action.dispute,
          owner: values.owner,
          deadline: values.deadline,
        }),
        body: <DisputeDeadline required />,
      };
    }
    case 'closeDispute':
      return {
        title: t('invoice.closeDispute'),
        sub,
        initial: { outcome: 'rejected' },
        build: (values) => ({
          type: 'dispute.close',
          invoice: action.item.invoice,
          dispute: action.dispute,
          outcome: values.outcome,
        }),
        body: (
          <Form.Item name="outcome" label={t('invoice.outcome')}>
            <Radio.Group
              className="choices"
              options={(['upheld', 'rejected'] as const).map((value) => ({
                value,
                label: t(`invoice.outcomes.${value}`),
              }))}
            />
          </Form.Item>
        ),
      };
    case 'credit':
      return {
        title: t('invoice.credit'),
        sub,
        initial: { date: format.today },
        build: (values) => ({
          type: 'credit.note',
          invoice: action.item.invoice,
          amount: minor(values),
          reference: values.reference,
          date: values.date,
        }),
        body: (
          <>
            <AmountField name="amount" label={t('field.amount')} currency={currency} max={action.item.open} />
            <TextField name="reference" label={t('invoice.creditReference')} required />
            <DateField name="date" label={t('field.date')} />
          </>
        ),
      };
    case 'writeOff':
      return {
        title: t('invoice.writeOff'),
        sub,
        danger: true,
        initial: { amount: toMajor(action.item.open, currency), date: format.today },
        build: (values) => ({
          type: 'write.off',
          invoice: action.item.invoice,
          amount: minor(values),
          reason: values.reason,
          date: values.date,
        }),
        body: (
          <>
            <AmountField name="amount" label={t('field.amount')} currency={currency} max={action.item.open} />
            <TextField name="reason" label={t('field.reason')} rows={3} required />
            <DateField name="date" label={t('field.date')} />
          </>
        ),
      };
    case 'cancel':
      return {
        title: t('invoice.cancel'),
        sub: t('invoice.cancelHint', { number: action.item.number }),
        danger: true,
        build: ({ reason }) => ({ type: 'invoice.cancel', invoice: action.item.invoice, reason }),
        body: <TextField name="reason" label={t('field.reason')} rows={3} required />,
      };
    case 'hold':
      return {
        title: t(item ? 'invoice.hold' : 'customer.hold'),
        sub: sub ?? t('customer.holdHint'),
        build: ({ until, reason }) => ({ type: 'hold.set', until, reason, invoice: item?.invoice }),
        body: (
          <>
            <DateField
              name="until"
              label={t('customer.until')}
              required={false}
              extra={t('customer.untilHint')}
            />
            <TextField name="reason" label={t('field.reason')} rows={3} required />
          </>
        ),
      };
    case 'liftHold':
      return {
        title: t(item ? 'invoice.liftHold' : 'customer.liftHold'),
        sub: t('customer.liftHoldHint'),
        build: () => ({ type: 'hold.lift', invoice: item?.invoice }),
        body: null,
      };
    case 'stop':
      return {
        title: t('customer.stop'),
        sub: t('customer.stopHint'),
        danger: true,
        build: ({ reason }) => ({ type: 'stop.wish', reason }),
        body: <TextField name="reason" label={t('field.reason')} rows={3} required />,
      };
    case 'confirmStop':
      return {
        title: t('customer.confirmStop'),
        sub: t('customer.confirmStopHint'),
        build: ({ reason }) => ({ type: 'stop.confirm', reason }),
        body: <TextField name="reason" label={t('field.reason')} rows={3} required />,
      };
    case 'liftStop':
      return {
        title: t('customer.liftStop'),
        sub: t('customer.liftStopHint'),
        build: ({ reason }) => ({ type: 'stop.lift', reason }),
        body: <TextField name="reason" label={t('field.reason')} rows={3} required />,
      };
    case 'call':
      return {
        title: t('customer.logCall'),
        sub: t('customer.callHint'),
        build: ({ result, note, reason }) => ({
          type: 'call.log',
          result,
          note: note || undefined,
          reason: reason || undefined,
        }),
        body: (
          <>
            <CallReason customer={page.record.id} />
            <Form.Item
              name="result"
              label={t('call.result')}
              rules={[{ required: true, message: t('field.required') }]}
            >
              <Radio.Group
                className="choices"
                options={callResults.map((value) => ({ value, label: t(`call.results.${value}`) }))}
              />
            </Form.Item>
            <TextField name="note" label={t('field.note')} rows={3} />
          </>
        ),
      };
  }
}

function AmountAndCurrency({ fixed, fallback }: { fixed?: string; fallback: string }) {
  const { t } = useTranslation();
  if (fixed) return <AmountField name="amount" label={t('field.amount')} currency={fixed} />;
  return (
    <div className="field-pair">
      <Form.Item noStyle dependencies={['currency']}>
        {({ getFieldValue }) => (
          <AmountField
            name="amount"
            label={t('field.amount')}
            currency={getFieldValue('currency') ?? fallback}
          />
        )}
      </Form.Item>
      <SelectField name="currency" label={t('field.currency')} options={currencyOptions} required />
    </div>
  );
}
