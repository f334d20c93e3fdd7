import { useQuery } from '@tanstack/react-query';
import { Button, Form, Input, Radio, Select } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { useUserNames } from '@/shared/api/names';
import { keys } from '@/shared/api/query';
import type { CallResult, CustomerPage } from '@/shared/api/types';
import { addDays } from '@/shared/lib/date';
import { toMajor, toMinor } from '@/shared/lib/money';
import { useFormat } from '@/shared/lib/useFormat';
import { CallReason } from '@/shared/ui/CallNow';
import { DateField } from '@/shared/ui/DateField';
import { DisputeDeadline } from '@/shared/ui/Dispute';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { AmountField, SelectField, TextField } from '@/shared/ui/fields';
import type { Card } from '../model/types';
import { useRoles } from './useRoles';

export type FormKind =
  | 'promised'
  | 'disputed'
  | 'onHold'
  | 'escalated'
  | 'call'
  | 'liftHold'
  | 'assign'
  | 'task';

type Fields = {
  amount?: string;
  currency?: string;
  date?: string;
  until?: string;
  invoice?: string;
  reason?: string;
  to?: string;
  result?: CallResult;
  note?: string;
  title?: string;
  due?: string;
  owner?: string;
  deadline?: string;
};
/** What was filled in, in the server's terms. */
export type Filled = Omit<Fields, 'amount'> & { amount?: number; assignee?: string; role?: string };

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

type Props = {
  kind: FormKind;
  card: Pick<Card, 'id' | 'name' | 'balances' | 'owner'>;
  open: boolean;
  onClose: () => void;
  onSubmit: (values: Filled) => Promise<unknown>;
  done?: string;
};

/** The small form that a move or an action on an account needs. */
export default function AccountForm({ kind, card, open, onClose, onSubmit, done }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const main =
    card.balances?.find(({ overdue }) => overdue > 0) ?? card.balances?.find(({ open }) => open > 0);
  const currency = main?.currency ?? 'CNY';
  const due = main ? main.overdue || main.open : 0;

  const initial: Partial<Fields> =
    kind === 'promised'
      ? { amount: due > 0 ? toMajor(due, currency) : undefined, currency, date: addDays(format.today, 7) }
      : kind === 'assign'
        ? { owner: card.owner?.id }
        : kind === 'task'
          ? { due: addDays(format.today, 1) }
          : {};
  const submit = ({ amount, to, ...rest }: Fields) => {
    const [what, who] = to ? [to.slice(0, 1), to.slice(2)] : [];
    return onSubmit({
      ...rest,
      amount: amount ? toMinor(amount, rest.currency ?? currency) : undefined,
      assignee: what === 'u' ? who : undefined,
      role: what === 'r' ? who : undefined,
    });
  };
  return (
    <FormDrawer<Fields>
      key={kind}
      open={open}
      onClose={onClose}
      title={t(`board.form.${kind}`)}
      sub={t(`board.formHint.${kind}`, { name: card.name })}
      submit={t(`board.form.${kind}`)}
      done={done}
      initial={initial}
      onSubmit={submit}
    >
      <Body kind={kind} card={card} currency={currency} />
    </FormDrawer>
  );
}

function Body({ kind, card, currency }: Pick<Props, 'kind' | 'card'> & { currency: string }): ReactNode {
  const { t } = useTranslation();
  switch (kind) {
    case 'promised':
      return <PromiseFields card={card} currency={currency} />;
    case 'disputed':
      return <DisputeFields id={card.id} />;
    case 'onHold':
      return (
        <>
          <TextField name="reason" label={t('field.reason')} rows={3} required />
          <DateField
            name="until"
            label={t('customer.until')}
            required={false}
            extra={t('customer.untilHint')}
          />
          <Snooze />
        </>
      );
    case 'escalated':
      return (
        <>
          <ToWhom />
          <TextField name="reason" label={t('field.reason')} rows={3} required />
        </>
      );
    case 'call':
      return (
        <>
          <CallReason customer={card.id} />
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
      );
    case 'assign':
      return <OwnerField />;
    case 'task':
      return (
        <>
          <TextField name="title" label={t('board.taskTitle')} required max={200} />
          <ToWhom />
          <DateField name="due" label={t('board.taskDue')} />
        </>
      );
    case 'liftHold':
      return null;
  }
}

/** How long a snooze may be, in days, at one click. */
const snoozes = [1, 3, 7, 14];

/** Puts the end of a hold some days ahead: the account comes back by itself. */
function Snooze() {
  const { t } = useTranslation();
  const { today } = useFormat();
  const form = Form.useFormInstance<Fields>();
  const until = Form.useWatch('until', form);
  return (
    <fieldset className="snooze">
      <legend>{t('board.snooze')}</legend>
      {snoozes.map((days) => {
        const day = addDays(today, days);
        return (
          <Button
            key={days}
            size="small"
            type={until === day ? 'primary' : 'default'}
            aria-pressed={until === day}
            onClick={() => form.setFieldValue('until', day)}
          >
            {t(`board.snoozeFor.${days}`)}
          </Button>
        );
      })}
    </fieldset>
  );
}

function PromiseFields({ card, currency }: { card: Props['card']; currency: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const open = (card.balances ?? []).filter((balance) => balance.open > 0);
  return (
    <>
      {open.length > 0 && (
        <p className="form-fact num">
          {open
            .map((balance) =>
              t('board.openAndOverdue', {
                open: format.money(balance.open, balance.currency),
                overdue: format.money(balance.overdue, balance.currency),
              }),
            )
            .join(' · ')}
        </p>
      )}
      <Form.Item noStyle dependencies={['currency']}>
        {({ getFieldValue }) => (
          <AmountField
            name="amount"
            label={t('field.amount')}
            currency={getFieldValue('currency') ?? currency}
            max={open.find((balance) => balance.currency === (getFieldValue('currency') ?? currency))?.open}
          />
        )}
      </Form.Item>
      {open.length > 1 ? (
        <SelectField
          name="currency"
          label={t('field.currency')}
          options={open.map((balance) => ({ value: balance.currency, label: balance.currency }))}
          required
        />
      ) : (
        <Form.Item name="currency" hidden noStyle>
          <Input type="hidden" />
        </Form.Item>
      )}
      <DateField name="date" label={t('promise.date')} extra={t('promise.hint')} />
    </>
  );
}

function DisputeFields({ id }: { id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const form = Form.useFormInstance();
  const page = useQuery({
    queryKey: keys.customer(id),
    queryFn: () => api.get<CustomerPage>(`/customers/${id}`),
  });
  const items = (page.data?.account.items ?? []).filter(({ open }) => open > 0);
  const chosen = Form.useWatch('invoice', form);
  const item = items.find(({ invoice }) => invoice === chosen);
  return (
    <>
      <Form.Item
        name="invoice"
        label={t('board.invoice')}
        rules={[{ required: true, message: t('field.required') }]}
      >
        <Select
          loading={page.isPending}
          placeholder={t('field.choose')}
          options={items.map(({ invoice, number, open, currency }) => ({
            value: invoice,
            label: t('invoice.subject', { number, open: format.money(open, currency) }),
          }))}
          onChange={(invoice) => {
            const picked = items.find((one) => one.invoice === invoice);
            if (picked) form.setFieldValue('amount', toMajor(picked.open - picked.disputed, picked.currency));
            form.setFieldValue('currency', picked?.currency);
          }}
        />
      </Form.Item>
      <Form.Item name="currency" hidden noStyle>
        <Input type="hidden" />
      </Form.Item>
      <AmountField
        name="amount"
        label={t('invoice.disputedAmount')}
        currency={item?.currency ?? ''}
        max={item?.open}
        extra={t('invoice.disputeHint')}
      />
      <TextField name="reason" label={t('field.reason')} rows={3} required />
      <DisputeDeadline />
    </>
  );
}

function OwnerField() {
  const { t } = useTranslation();
  const names = useUserNames();
  return (
    <SelectField
      name="owner"
      label={t('customer.owner')}
      options={(names.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
      required
    />
  );
}

/** A person or a role; the value says which ("u:…" or "r:…"). */
export function ToWhom() {
  const { t } = useTranslation();
  const names = useUserNames();
  const roles = useRoles();
  return (
    <Form.Item
      name="to"
      label={t('board.toWhom')}
      rules={[{ required: true, message: t('field.required') }]}
      required
    >
      <Select
        placeholder={t('field.choose')}
        showSearch={{ optionFilterProp: 'label' }}
        options={[
          {
            label: t('board.people'),
            title: '',
            options: (names.data ?? []).map(({ id, name }) => ({ value: `u:${id}`, label: name })),
          },
          {
            label: t('board.roles'),
            title: '',
            options: roles.map(({ key, name }) => ({ value: `r:${key}`, label: name })),
          },
        ]}
      />
    </Form.Item>
  );
}
