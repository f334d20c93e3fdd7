import type { Place } from '../model/board';
import { moveOf } from '../model/query';
import type { Card, ColumnKey, Move } from '../model/types';
import AccountForm, { type Filled, type FormKind } from './AccountForm';

type Props = {
  asking: { card: Card; to: ColumnKey; back?: Place };
  onSend: (move: Move, back?: Place, asForm?: boolean) => Promise<void>;
  onClose: () => void;
};

/** What a move to a column has to be told. */
export default function MoveForm({ asking, onSend, onClose }: Props) {
  const { card, to, back } = asking;
  const submit = ({
    amount,
    currency,
    date,
    until,
    invoice,
    reason,
    assignee,
    role,
    owner,
    deadline,
  }: Filled) => {
    const more: Partial<Move> =
      to === 'promised'
        ? { amount, currency, date }
        : to === 'disputed'
          ? { invoice, amount, reason, owner, deadline }
          : to === 'onHold'
            ? { reason, until }
            : { reason, assignee, role };
    return onSend(moveOf(card, to, more), back, true);
  };
  return <AccountForm kind={to as FormKind} card={card} open onClose={onClose} onSubmit={submit} />;
}
