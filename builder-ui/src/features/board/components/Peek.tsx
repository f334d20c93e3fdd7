import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCommand } from '@/shared/api/records';
import { useCan, useMe } from '@/shared/api/session';
import type { Command, CustomerPage } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { AgeChip, TierMark } from '@/shared/ui/Chip';
import { DisputeNote } from '@/shared/ui/Dispute';
import { IconButton } from '@/shared/ui/IconButton';
import { ErrorState, Lines } from '@/shared/ui/states';
import { assignOwner, useAccount, useGiveTask } from '../api/account';
import { useBoard } from '../store/board';
import type { Filled, FormKind } from './AccountForm';
import { PeekActivity } from './PeekActivity';
import { PeekNext, PeekTier } from './PeekFacts';
import { useWorking } from './useWorking';

const AccountForm = lazy(() => import('./AccountForm'));

/** An account beside the board: enough to work it without leaving. */
export default function Peek({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const account = useAccount(id);
  const card = useBoard(({ board }) => board.cards[id]);
  const { touch, other } = useWorking(id);
  const title = useRef<HTMLHeadingElement>(null);
  const name = account.data?.record.data.name ?? card?.name ?? '';
  const colleague = other ?? (card?.working && card.working.by !== me.user.id ? card.working : undefined);

  useEffect(() => title.current?.focus({ preventScroll: true }), []);
  return (
    <aside
      className="peek"
      aria-label={t('board.peek')}
      onKeyDown={(event) => {
        if (
          event.key === 'Escape' &&
          !event.defaultPrevented &&
          event.currentTarget.contains(event.target as Node)
        )
          onClose();
      }}
    >
      <header className="peek-head">
        <h2 ref={title} tabIndex={-1} className="peek-title">
          {name ? <Link to={`/customers/${id}`}>{name}</Link> : t('state.loading')}
        </h2>
        <TierMark tier={account.data?.record.data.tier ?? card?.tier} />
        <IconButton
          type="text"
          size="small"
          icon={<CloseOutlined />}
          label={t('board.closePeek')}
          onClick={onClose}
        />
      </header>
      {colleague && (
        <p className="peek-lock" role="status">
          {t('board.lock', { name: colleague.name || t('board.colleague') })}
        </p>
      )}
      {account.error && !account.data ? (
        <ErrorState error={account.error} onRetry={() => account.refetch()} onClose={onClose} />
      ) : account.data ? (
        <Body page={account.data} touch={touch} />
      ) : (
        <Lines rows={8} />
      )}
    </aside>
  );
}

const kinds: FormKind[] = ['call', 'promised', 'disputed', 'onHold', 'assign', 'task'];

function Body({ page, touch }: { page: CustomerPage; touch: () => void }) {
  const { t } = useTranslation();
  const { id, data } = page.record;
  const command = useCommand(id);
  const task = useGiveTask(id);
  const [kind, setKind] = useState<FormKind>();
  const [last, setLast] = useState<FormKind>();
  const held = page.account.hold !== null && page.account.hold !== undefined;
  const may = useCan('account.write');
  const mayAssign = useCan('customer.write');
  const show = (what: FormKind) => {
    touch();
    setLast(what);
    setKind(what);
  };
  const submit = (values: Filled) => {
    touch();
    if (last === 'assign') return assignOwner(id, values.owner ?? '');
    if (last === 'task')
      return task.mutateAsync({
        title: values.title ?? '',
        assignee: values.assignee,
        role: values.role,
        due: values.due,
      });
    return command.mutateAsync(commandOf(last, values));
  };
  return (
    <div className="peek-body" onInput={touch} onPointerDown={touch}>
      {may && (
        <div className="peek-actions">
          {kinds
            .filter((what) => what !== 'assign' || mayAssign)
            .map((what) => {
              const shown = what === 'onHold' && held ? 'liftHold' : what;
              return (
                <Button
                  key={what}
                  size="small"
                  type={what === 'call' ? 'primary' : 'default'}
                  onClick={() => show(shown)}
                >
                  {t(`board.act.${shown}`)}
                </Button>
              );
            })}
        </div>
      )}
      <Balances page={page} />
      <PeekNext page={page} />
      <Items page={page} />
      <PeekTier id={id} />
      <PeekActivity id={id} touch={touch} />
      {last && (
        <Suspense fallback={null}>
          <AccountForm
            kind={last}
            card={{
              id,
              name: data.name,
              balances: page.account.balances,
              owner: data.owner ? { id: data.owner, name: '' } : undefined,
            }}
            open={kind !== undefined}
            onClose={() => setKind(undefined)}
            onSubmit={submit}
            done={t('state.saved')}
          />
        </Suspense>
      )}
    </div>
  );
}

function commandOf(kind: FormKind | undefined, values: Filled): Command {
  const { amount = 0, currency = '', date = '', reason = '', until, invoice = '', result, note } = values;
  if (kind === 'promised') return { type: 'promise.make', amount, currency, date };
  if (kind === 'disputed')
    return { type: 'dispute.open', invoice, amount, reason, owner: values.owner, deadline: values.deadline };
  if (kind === 'onHold') return { type: 'hold.set', reason, until };
  if (kind === 'liftHold') return { type: 'hold.lift' };
  return {
    type: 'call.log',
    result: result ?? 'reached',
    note: note || undefined,
    reason: reason || undefined,
  };
}

function Balances({ page }: { page: CustomerPage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const balances = page.account.balances.filter(({ open, unapplied }) => open !== 0 || unapplied !== 0);
  if (balances.length === 0) return <p className="peek-none">{t('invoice.noneOpen')}</p>;
  return (
    <div className="peek-balances">
      {balances.map((balance) => (
        <dl key={balance.currency} className="peek-balance">
          <div>
            <dt>{t('balance.open')}</dt>
            <dd className="peek-big num">{format.money(balance.open, balance.currency)}</dd>
          </div>
          {(['overdue', 'promised', 'disputed', 'unapplied'] as const)
            .filter((part) => balance[part] > 0)
            .map((part) => (
              <div key={part}>
                <dt>{t(`balance.${part}`)}</dt>
                <dd className={`num${part === 'overdue' ? ' money-overdue' : ''}`}>
                  {format.money(balance[part], balance.currency)}
                </dd>
              </div>
            ))}
        </dl>
      ))}
    </div>
  );
}

const few = 4;

function Items({ page }: { page: CustomerPage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [all, setAll] = useState(false);
  const items = page.account.items.filter(({ open }) => open > 0).sort((a, b) => b.dpd - a.dpd);
  if (items.length === 0) return null;
  return (
    <section className="peek-part" aria-label={t('invoice.openTitle')}>
      <h3 className="peek-sub">
        {t('invoice.openTitle')} <span className="section-count num">{items.length}</span>
      </h3>
      <ul className="peek-items">
        {(all ? items : items.slice(0, few)).map((item) => (
          <li key={item.invoice}>
            <span className="num peek-number">{item.number}</span>
            <AgeChip dpd={item.dpd} />
            <span className="num peek-amount">{format.money(item.open, item.currency)}</span>
            {item.disputes?.map((dispute) => (
              <DisputeNote key={dispute.id} dispute={dispute} />
            ))}
            {(item.disputed > 0 || item.promised > 0 || item.held) && (
              <span className="peek-note">
                {[
                  item.disputed > 0 &&
                    t('invoice.disputedPart', { amount: format.money(item.disputed, item.currency) }),
                  item.promised > 0 &&
                    t('board.promisedPart', { amount: format.money(item.promised, item.currency) }),
                  item.held && t('customer.onHold'),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
            )}
          </li>
        ))}
      </ul>
      {items.length > few && (
        <Button size="small" type="text" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('run.fewer') : t('board.allInvoices', { count: items.length })}
        </Button>
      )}
    </section>
  );
}
