import { isClosed } from './query';
import type { Card, ColumnKey, Move } from './types';

export type BulkTo = ColumnKey | 'assign';
export type BulkValues = {
  reason?: string;
  until?: string;
  date?: string;
  assignee?: string;
  role?: string;
  owner?: string;
};
/** What will happen to one card: a move, a new owner, or nothing and why. */
export type Plan =
  | { card: Card; does: 'move'; move: Move }
  | { card: Card; does: 'assign'; owner: string }
  | { card: Card; does: 'nothing'; why: 'same' | 'closed' | 'invoice' | 'nothingDue' };

/** One plan for each card, before anything is done. */
export function planOf(cards: Card[], to: BulkTo, values: BulkValues): Plan[] {
  return cards.map((card) => {
    if (to === 'assign') {
      return card.owner?.id === values.owner
        ? { card, does: 'nothing', why: 'same' }
        : { card, does: 'assign', owner: values.owner ?? '' };
    }
    if (isClosed(to)) return { card, does: 'nothing', why: 'closed' };
    if (card.column === to) return { card, does: 'nothing', why: 'same' };
    const move = { customer: card.id, from: card.column, to };
    switch (to) {
      case 'promised': {
        // A promise is in one currency: the first that has something overdue.
        const main = (card.balances ?? []).find(({ overdue }) => overdue > 0);
        if (!main) return { card, does: 'nothing', why: 'nothingDue' };
        return {
          card,
          does: 'move',
          move: { ...move, amount: main.overdue, currency: main.currency, date: values.date },
        };
      }
      case 'disputed':
        // Which invoice is contested differs from customer to customer.
        return { card, does: 'nothing', why: 'invoice' };
      case 'onHold':
        return { card, does: 'move', move: { ...move, reason: values.reason, until: values.until } };
      case 'escalated':
        return {
          card,
          does: 'move',
          move: { ...move, reason: values.reason, assignee: values.assignee, role: values.role },
        };
      default:
        return { card, does: 'move', move };
    }
  });
}
