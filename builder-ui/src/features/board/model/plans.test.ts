import { describe, expect, it } from 'vitest';
import { planOf } from './bulk';
import { byDay, monthBeside, weeksOf } from './calendar';
import { conditionsOf, filtersIn, joined, laneCondition } from './query';
import type { Card } from './types';

const card = (id: string, more: Partial<Card> = {}): Card => ({
  id,
  column: 'followUp',
  name: id,
  version: 1,
  overdueDays: 3,
  openInvoices: 1,
  balances: [
    { currency: 'EUR', open: 500, overdue: 0, disputed: 0, promised: 0, unapplied: 0 },
    { currency: 'USD', open: 900, overdue: 700, disputed: 0, promised: 0, unapplied: 0 },
  ],
  ...more,
});

describe('the preview of a bulk action', () => {
  it('promises what is overdue, in its own currency', () => {
    expect(planOf([card('a')], 'promised', { date: '2026-05-01' })).toEqual([
      {
        card: card('a'),
        does: 'move',
        move: {
          customer: 'a',
          from: 'followUp',
          to: 'promised',
          amount: 700,
          currency: 'USD',
          date: '2026-05-01',
        },
      },
    ]);
  });

  it('says which cards stay as they are, and why', () => {
    const held = card('h', { column: 'onHold' });
    const calm = card('c', { balances: [] });
    expect(planOf([held], 'onHold', {})[0]).toMatchObject({ does: 'nothing', why: 'same' });
    expect(planOf([calm], 'promised', {})[0]).toMatchObject({ does: 'nothing', why: 'nothingDue' });
    expect(planOf([held], 'current', {})[0]).toMatchObject({ does: 'nothing', why: 'closed' });
    expect(planOf([held], 'disputed', {})[0]).toMatchObject({ does: 'nothing', why: 'invoice' });
  });

  it('gives an owner only where it changes something', () => {
    const mine = card('m', { owner: { id: 'u1', name: 'Mara' } });
    const [first, second] = planOf([mine, card('n')], 'assign', { owner: 'u1' });
    expect(first).toMatchObject({ does: 'nothing', why: 'same' });
    expect(second).toMatchObject({ does: 'assign', owner: 'u1' });
  });
});

describe('filters', () => {
  it('become conditions; how long somebody is overdue counts from today', () => {
    expect(conditionsOf({ tier: 'A', overdue: '31' }, '2026-03-31')).toEqual([
      { field: 'tier', op: 'eq', value: 'A' },
      { field: 'oldestDue', op: 'lte', value: '2026-02-28' },
    ]);
    expect(joined([])).toBeUndefined();
    expect(laneCondition('owner', '-')).toEqual({ not: { field: 'owner', op: 'exists' } });
  });

  it('are read back from a saved view', () => {
    const saved = joined(conditionsOf({ tier: 'B', owner: 'u1' }, '2026-03-31')) ?? '';
    expect(filtersIn(JSON.parse(saved))).toEqual({ tier: 'B', owner: 'u1' });
    expect(filtersIn(undefined)).toEqual({});
  });
});

describe('the calendar', () => {
  it('draws whole weeks from Monday', () => {
    const weeks = weeksOf('2026-03');
    expect(weeks[0]?.[0]).toBe('2026-02-23');
    expect(weeks.at(-1)?.[6]).toBe('2026-04-05');
    expect(weeks).toHaveLength(6);
    expect(weeksOf('2027-02')).toHaveLength(4);
  });

  it('turns over the year', () => {
    expect(monthBeside('2026-12', 1)).toBe('2027-01');
    expect(monthBeside('2026-01', -1)).toBe('2025-12');
  });

  it('gathers entries by day', () => {
    const entry = {
      id: '1',
      kind: 'due',
      customer: 'c',
      name: 'C',
      amount: 1,
      currency: 'CNY',
      date: '2026-03-02',
    } as const;
    expect([...byDay([entry, { ...entry, id: '2' }]).entries()]).toEqual([
      ['2026-03-02', [entry, { ...entry, id: '2' }]],
    ]);
  });
});
