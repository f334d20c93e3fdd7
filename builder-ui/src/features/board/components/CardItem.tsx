import { memo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { bucketOf, rampOf } from '@/shared/lib/ageing';
import type { Format } from '@/shared/lib/useFormat';
import { Avatar } from '@/shared/ui/Avatar';
import { TierMark } from '@/shared/ui/Chip';
import type { Card } from '../model/types';
import { useBoard } from '../store/board';
import { MoveMenu } from './MoveMenu';
import { Check } from './parts';
import { useDnd } from './useDnd';

/** What all cards share is handed down: hundreds of them come and go while one scrolls. */
type Props = {
  id: string;
  isStop: boolean;
  /** Outside a column: it says where it stands, and there is nowhere to drag it to. */
  isAlone?: boolean;
  format: Format;
  me: string;
  onOpen: (id: string) => void;
};

export const CardItem = memo(function CardItem({ id, isStop, isAlone = false, format, me, onOpen }: Props) {
  const { t } = useTranslation();
  const element = useRef<HTMLDivElement>(null);
  const card = useBoard(({ board }) => board.cards[id]);
  const isPicked = useBoard(({ selected }) => selected.has(id));
  const isHeld = useBoard(({ held }) => held.has(id));
  const isFresh = useBoard(({ fresh }) => fresh.has(id));
  const isCurrent = useBoard(({ current }) => current === id);

  useDnd(
    element,
    (dnd, target) =>
      isAlone
        ? () => {}
        : dnd.dragCard(
            target,
            () => {
              const { selected } = useBoard.getState();
              return selected.has(id) ? [...selected] : [id];
            },
            (ids) => useBoard.getState().hold(ids, true),
          ),
    id,
  );

  if (!card) return null;
  const { pick, stand } = useBoard.getState();
  const state = stateOf(card, format, t);
  const late = card.overdueDays > 0;
  const working = card.working && card.working.by !== me ? card.working.name : undefined;
  const balances = (card.balances ?? []).filter(({ open }) => open !== 0);
  const only = balances.length === 1 ? balances[0] : undefined;
  const overdueText = (amount: number, currency: string) => (
    <>
      <span className="sr-only">{t('balance.overdue')} </span>
      {format.money(amount, currency)}
    </>
  );
  const classes = [isAlone ? 'card card-alone' : 'card', `card-${rampOf(bucketOf(card.overdueDays))}`];
  if (isPicked) classes.push('card-picked');
  if (isHeld) classes.push('card-held');
  if (isFresh) classes.push('card-fresh');
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same for the keyboard
    // biome-ignore lint/a11y/useKeyWithClickEvents: as above
    <div
      ref={element}
      className={classes.join(' ')}
      data-card={id}
      onClick={(event) => {
        if ((event.target as HTMLElement).closest('button, label, input, [role="menu"]')) return;
        if (event.shiftKey || event.metaKey || event.ctrlKey) pick(id, { upTo: event.shiftKey });
        else onOpen(id);
      }}
    >
      <div className="card-head">
        <Check
          label={t('board.select', { name: card.name })}
          checked={isPicked}
          isStop={isStop}
          onPick={(upTo) => pick(id, { upTo })}
        />
        <button
          type="button"
          className="card-name"
          tabIndex={isStop ? 0 : -1}
          data-open={id}
          aria-current={isCurrent || undefined}
          onFocus={() => stand(id)}
          onClick={(event) => (event.shiftKey ? pick(id, { upTo: true }) : onOpen(id))}
        >
          {card.name}
        </button>
        <TierMark tier={card.tier} />
        <MoveMenu card={card} isStop={isStop} />
      </div>
      {balances.map(({ currency, open, overdue }, at) => (
        <div key={currency} className="card-money num">
          <span className="card-open">{format.money(open, currency)}</span>
          {isAlone && at === 0 && (
            <span className="chip chip-neutral">{t(`board.column.${card.column}`)}</span>
          )}
          {balances.length > 1 && overdue > 0 && overdue !== open && (
            <span className="card-overdue">{overdueText(overdue, currency)}</span>
          )}
        </div>
      ))}
      <div className="card-chips">
        <span className={`chip ${rampOf(bucketOf(card.overdueDays))}`}>
          {late ? t('age.overdue', { count: card.overdueDays }) : t('bucket.current')}
        </span>
        {card.stopWish && <span className="chip chip-red">{t('board.stopWish')}</span>}
        {only && only.overdue > 0 && only.overdue !== only.open && (
          <span className="card-overdue num">{overdueText(only.overdue, only.currency)}</span>
        )}
      </div>
      {state && (
        <p className="card-state" title={state}>
          {state}
        </p>
      )}
      <div className="card-foot">
        {card.owner ? (
          <>
            <Avatar name={card.owner.name} />
            <span className="card-owner">{card.owner.name}</span>
          </>
        ) : (
          <span className="card-owner">{t('board.noOwner')}</span>
        )}
        {card.nextContactAt && (
          <span className="card-next num" title={format.instant(card.nextContactAt)}>
            <span className="sr-only">{t('board.nextContact')}</span>
            {format.relative(card.nextContactAt)}
          </span>
        )}
      </div>
      {working && <p className="card-working">{t('board.workedBy', { name: working })}</p>}
    </div>
  );
});

type Say = (key: string, values?: Record<string, unknown>) => string;

/** The line that says what is under way with the account. */
function stateOf({ promise, dispute, hold }: Card, format: Format, t: Say): string | undefined {
  if (hold)
    return hold.until
      ? t('board.heldUntil', { date: format.date(hold.until), reason: hold.reason })
      : t('board.held', { reason: hold.reason });
  if (dispute)
    return t('board.disputes', {
      amount: dispute.amount ? format.money(dispute.amount, dispute.currency) : '',
      reason: dispute.reason ?? '',
    });
  if (promise)
    return t('board.promises', {
      amount: promise.amount ? format.money(promise.amount, promise.currency) : '',
      date: format.date(promise.date),
    });
}
