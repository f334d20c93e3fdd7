import { describe, expect, it } from 'vitest';
import {
  append,
  type Board,
  cellKey,
  emptyBoard,
  find,
  headOf,
  merge,
  neighbour,
  putBack,
  range,
  settle,
  shift,
  walk,
} from './board';
import { isClosed } from './query';
import type { Card, Column, ColumnKey } from './types';

const card = (id: string, column: ColumnKey, open = 100): Card => ({
  id,
  column,
  name: `Customer ${id}`,
  version: 1,
  overdueDays: 10,
  openInvoices: 1,
  balances: [{ currency: 'CNY', open, overdue: open, disputed: 0, promised: 0, unapplied: 0 }],
});
const column = (key: ColumnKey, ids: string[], more: Partial<Column> = {}): Column => ({
  key,
  computed: key === 'current',
  count: ids.length,
  totals: { CNY: ids.length * 100 },
  items: ids.map((id) => card(id, key)),
  ...more,
});
const read = (columns: Column[], board: Board = emptyBoard, how = {}) =>
  merge(board, '', columns, { now: 0, ...how });
const ids = (board: Board, key: ColumnKey, lane = '') => board.cells[cellKey(key, lane)]?.ids;

const start = () =>
  read([column('followUp', ['a', 'b', 'c']), column('promised', ['x']), column('onHold', [])]);

describe('reading a board', () => {
  it('puts cards into their columns with counts and totals', () => {
    const board = start();
    expect(ids(board, 'followUp')).toEqual(['a', 'b', 'c']);
    expect(headOf(board, 'followUp', [''])).toEqual({ count: 3, totals: { CNY: 300 } });
  });

  it('moves a card that now stands elsewhere, and never shows it twice', () => {
    const board = read([column('followUp', ['a', 'c']), column('promised', ['b', 'x'])], start());
    expect(ids(board, 'followUp')).toEqual(['a', 'c']);
    expect(ids(board, 'promised')).toEqual(['b', 'x']);
    expect(find(board, 'b')).toEqual({ id: 'b', cell: cellKey('promised'), index: 0 });
  });

  it('keeps the identity of cards that did not change', () => {
    const before = start();
    const after = read([column('followUp', ['a', 'b', 'c']), column('promised', ['x'])], before);
    expect(after.cards.a).toBe(before.cards.a);
  });

  it('keeps pages read before when the first page is read again', () => {
    let board = read([column('followUp', ['a', 'b'], { next: 'p2', count: 5 })]);
    board = append(board, cellKey('followUp'), column('followUp', ['c', 'd'], { next: 'p3' }));
    board = read([column('followUp', ['n', 'a'], { next: 'q2', count: 6 })], board);
    expect(ids(board, 'followUp')).toEqual(['n', 'a', 'b', 'c', 'd']);
    expect(board.cells[cellKey('followUp')]?.next).toBe('p3');
  });

  it('lets go of cards that are known to have changed and are not there any more', () => {
    let board = read([column('followUp', ['a', 'b'], { next: 'p2', count: 5 })]);
    board = read([column('followUp', ['a', 'c'], { next: 'q2', count: 4 })], board, {
      affected: new Set(['b']),
    });
    expect(ids(board, 'followUp')).toEqual(['a', 'c']);
  });

  it('leaves a card alone that is in somebody’s hand', () => {
    const lifted = shift(start(), 'a', 'promised').board;
    const board = read([column('followUp', ['a', 'b', 'c']), column('promised', ['x'])], lifted, {
      held: new Set(['a']),
    });
    expect(ids(board, 'promised')).toEqual(['a', 'x']);
    expect(ids(board, 'followUp')).toEqual(['b', 'c']);
  });

  it('keeps lanes apart', () => {
    let board = merge(emptyBoard, 'A', [column('followUp', ['a'])], { now: 0 });
    board = merge(board, 'B', [column('followUp', ['b'])], { now: 0 });
    expect(headOf(board, 'followUp', ['A', 'B'])).toEqual({ count: 2, totals: { CNY: 200 } });
    // The card's owner changed: it leaves one lane for the other.
    board = merge(board, 'B', [column('followUp', ['a', 'b'])], { now: 0 });
    expect(ids(board, 'followUp', 'A')).toEqual([]);
    expect(ids(board, 'followUp', 'B')).toEqual(['a', 'b']);
  });
});

describe('moving ahead of the answer', () => {
  it('takes count and amount along, and brings them back', () => {
    const before = start();
    const { board, back } = shift(before, 'b', 'promised');
    expect(ids(board, 'promised')).toEqual(['b', 'x']);
    expect(headOf(board, 'followUp', [''])).toEqual({ count: 2, totals: { CNY: 200 } });
    expect(headOf(board, 'promised', [''])).toEqual({ count: 2, totals: { CNY: 200 } });
    expect(back && putBack(board, back)).toEqual(before);
  });

  it('does nothing for a card that already stands there', () => {
    const before = start();
    expect(shift(before, 'a', 'followUp')).toEqual({ board: before });
  });

  it('puts a refused card where the server says it is', () => {
    const { board } = shift(start(), 'b', 'promised');
    const settled = settle(board, { ...card('b', 'onHold'), version: 2 }, 0);
    expect(ids(settled, 'promised')).toEqual(['x']);
    expect(ids(settled, 'onHold')).toEqual(['b']);
    expect(settled.cards.b?.version).toBe(2);
  });

  it('is not undone by a reading that is older than the answer', () => {
    const settled = settle(shift(start(), 'b', 'promised').board, card('b', 'promised'), 1_000);
    const old = [column('followUp', ['a', 'b', 'c']), column('promised', ['x'])];
    const early = read(old, settled, { now: 1_500 });
    expect(ids(early, 'promised')).toEqual(['b', 'x']);
    expect(ids(early, 'followUp')).toEqual(['a', 'c']);
    // Once the records must have caught up, what they say counts.
    const late = read(old, early, { now: 60_000 });
    expect(ids(late, 'followUp')).toEqual(['a', 'b', 'c']);
    expect(ids(late, 'promised')).toEqual(['x']);
  });
});

describe('walking by keyboard', () => {
  const columns: ColumnKey[] = ['current', 'followUp', 'promised', 'disputed', 'onHold'];
  const board = read([
    column('current', []),
    column('followUp', ['a', 'b', 'c']),
    column('promised', ['x']),
    column('disputed', []),
    column('onHold', ['h', 'i']),
  ]);
  const from = (id: string, step: Parameters<typeof walk>[4]) => walk(board, columns, [''], id, step);

  it('goes up and down, and stops at the ends', () => {
    expect(from('a', 'down')).toBe('b');
    expect(from('b', 'up')).toBe('a');
    expect(from('a', 'up')).toBeUndefined();
    expect(from('a', 'last')).toBe('c');
    expect(from('c', 'first')).toBe('a');
  });

  it('goes sideways to the same height, over empty columns', () => {
    expect(from('c', 'right')).toBe('x');
    expect(from('x', 'right')).toBe('h');
    expect(from('i', 'left')).toBe('x');
    expect(from('a', 'left')).toBeUndefined();
  });

  it('goes on in the next lane', () => {
    let lanes = merge(emptyBoard, 'A', [column('followUp', ['a'])], { now: 0 });
    lanes = merge(lanes, 'B', [column('followUp', [])], { now: 0 });
    lanes = merge(lanes, 'C', [column('followUp', ['c', 'd'])], { now: 0 });
    expect(walk(lanes, ['followUp'], ['A', 'B', 'C'], 'a', 'down')).toBe('c');
    expect(walk(lanes, ['followUp'], ['A', 'B', 'C'], 'c', 'up')).toBe('a');
  });

  it('finds the column beside that takes cards', () => {
    expect(neighbour(columns, 'followUp', 1, isClosed)).toBe('promised');
    expect(neighbour(columns, 'followUp', -1, isClosed)).toBeUndefined();
    expect(neighbour(columns, 'onHold', 1, isClosed)).toBeUndefined();
  });

  it('selects from one card to another', () => {
    expect(range(board, 'a', 'c')).toEqual(['a', 'b', 'c']);
    expect(range(board, 'c', 'b')).toEqual(['b', 'c']);
    expect(range(board, 'a', 'x')).toEqual(['x']);
  });
});
