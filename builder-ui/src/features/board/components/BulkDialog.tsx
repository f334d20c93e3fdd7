import { Button, Form, Modal } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useUserNames } from '@/shared/api/names';
import { addDays } from '@/shared/lib/date';
import { useFormat } from '@/shared/lib/useFormat';
import { DateField } from '@/shared/ui/DateField';
import { SelectField, TextField } from '@/shared/ui/fields';
import { errorText } from '@/shared/ui/states';
import { assignOwner } from '../api/account';
import { sendMoves } from '../api/board';
import { type BulkTo, type BulkValues, type Plan, planOf } from '../model/bulk';
import { useBoard } from '../store/board';
import { ToWhom } from './AccountForm';

type Outcome = { ok: boolean; text?: string };
type Fields = BulkValues & { to?: string };
const batch = 100;

/** What is about to happen to each chosen account, then how it went for each. */
export default function BulkDialog({ ids, to, onClose }: { ids: string[]; to: BulkTo; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useUserNames();
  const [form] = Form.useForm<Fields>();
  const typed = Form.useWatch([], form);
  // The cards as they were when the preview opened: it must not change under the reader's eyes.
  const [cards] = useState(() => {
    const { board } = useBoard.getState();
    return ids.map((id) => board.cards[id]).filter((card) => card !== undefined);
  });
  const [results, setResults] = useState<Map<string, Outcome>>();
  const [busy, setBusy] = useState(false);
  const values = useMemo(() => bulkValues(typed ?? {}), [typed]);
  const plans = useMemo(() => planOf(cards, to, values), [cards, to, values]);
  const doing = plans.filter(({ does }) => does !== 'nothing').length;

  const run = async () => {
    setBusy(true);
    const outcomes = new Map<string, Outcome>();
    const moves = plans.flatMap((plan) => (plan.does === 'move' ? [plan.move] : []));
    const said = (error: unknown) => errorText(error, t).text;
    try {
      for (let at = 0; at < moves.length; at += batch) {
        const part = moves.slice(at, at + batch);
        try {
          for (const { customer, ok, card, problem } of await sendMoves(part)) {
            outcomes.set(customer, {
              ok,
              text: problem?.errors?.[0]?.message ?? problem?.detail ?? problem?.title,
            });
            if (card) useBoard.getState().settle(card);
          }
        } catch (error) {
          for (const { customer } of part) outcomes.set(customer, { ok: false, text: said(error) });
        }
      }
      for (const plan of plans) {
        if (plan.does !== 'assign') continue;
        const outcome = await assignOwner(plan.card.id, plan.owner).then(
          () => ({ ok: true }),
          (error) => ({ ok: false, text: said(error) }),
        );
        outcomes.set(plan.card.id, outcome);
      }
    } finally {
      setResults(outcomes);
      setBusy(false);
    }
  };
  const close = () => {
    if (results) useBoard.getState().pickNone();
    onClose();
  };
  const good = results ? [...results.values()].filter(({ ok }) => ok).length : 0;
  const column = to === 'assign' ? '' : t(`board.column.${to}`);
  const title =
    to === 'assign'
      ? t('board.bulkAssign', { count: cards.length })
      : t('board.bulkMove', { count: cards.length, column });

  const line = (plan: Plan): string => {
    if (plan.does === 'nothing') return t(`board.skip.${plan.why}`);
    if (plan.does === 'assign') {
      const owner = names.data?.find(({ id }) => id === plan.owner)?.name;
      return owner ? t('board.willAssign', { owner }) : t('board.chooseFirst');
    }
    const { amount, currency, date } = plan.move;
    if (amount && currency)
      return t('board.willPromise', { amount: format.money(amount, currency), date: format.date(date) });
    return t('board.willMove', { from: t(`board.column.${plan.card.column}`), column });
  };
  return (
    <Modal
      open
      title={title}
      onCancel={close}
      width={640}
      footer={
        results ? (
          <Button type="primary" onClick={close}>
            {t('board.close')}
          </Button>
        ) : (
          <>
            <Button onClick={close}>{t('action.cancel')}</Button>
            <Button type="primary" loading={busy} disabled={doing === 0} onClick={() => form.submit()}>
              {t('board.doFor', { count: doing })}
            </Button>
          </>
        )
      }
    >
      {results ? (
        <p role="status" className="bulk-sum">
          {t('board.bulkDone', { done: good, count: results.size })}
        </p>
      ) : (
        <Form
          form={form}
          layout="vertical"
          onFinish={run}
          disabled={busy}
          initialValues={{ date: addDays(format.today, 7) }}
        >
          {to === 'promised' && <DateField name="date" label={t('promise.date')} />}
          {to === 'onHold' && <DateField name="until" label={t('customer.until')} required={false} />}
          {to === 'escalated' && <ToWhom />}
          {(to === 'onHold' || to === 'escalated') && (
            <TextField name="reason" label={t('field.reason')} required rows={2} />
          )}
          {to === 'assign' && (
            <SelectField
              name="owner"
              label={t('customer.owner')}
              options={(names.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
              required
            />
          )}
        </Form>
      )}
      <ul className="bulk-list" tabIndex={0} aria-label={t('board.bulkPreview')}>
        {plans.map((plan) => {
          const outcome = results?.get(plan.card.id);
          const failed = outcome?.ok === false;
          return (
            <li key={plan.card.id} className={plan.does === 'nothing' ? 'bulk-skip' : undefined}>
              <span className="bulk-name">{plan.card.name}</span>
              <span className={failed ? 'text-overdue' : 'list-dim'}>
                {failed
                  ? t('board.notDone', { why: outcome.text ?? '' })
                  : outcome
                    ? t('board.done')
                    : line(plan)}
              </span>
            </li>
          );
        })}
      </ul>
    </Modal>
  );
}

function bulkValues({ to, ...rest }: Fields): BulkValues {
  return {
    ...rest,
    assignee: to?.startsWith('u:') ? to.slice(2) : undefined,
    role: to?.startsWith('r:') ? to.slice(2) : undefined,
  };
}
