import type { Card, Column, ColumnKey } from './types';

/** One list of cards: a column within a swimlane ("" without lanes). */
export type Cell = {
  column: ColumnKey;
  lane: string;
  computed: boolean;
  ids: string[];
  count: number;
  totals: Record<string, number>;
  limit?: number;
  next?: string;
};
/** A card that was just moved stays where it was put until the records have caught up. */
type Guard = { column: ColumnKey; until: number };
export type Board = {
  cells: Record<string, Cell>;
  cards: Record<string, Card>;
  guards: Record<string, Guard>;
};
export type Place = { id: string; cell: string; index: number };

export const emptyBoard: Board = { cells: {}, cards: {}, guards: {} };
export const cellKey = (column: ColumnKey, lane = '') => `${column}@${lane}`;

const guardFor = 4_000;

export function find(board: Board, id: string): Place | undefined {
  for (const [cell, { ids }] of Object.entries(board.cells)) {
    const index = ids.indexOf(id);
    if (index >= 0) return { id, cell, index };
  }
}

type Reading = {
  now: number;
  /** Accounts that are known to have changed: where they are not found, they are gone. */
  affected?: ReadonlySet<string>;
  /** Cards in somebody's hand stay where they are. */
  held?: ReadonlySet<string>;
};

/** The board with the first cards of a lane's columns as the server has them now; deeper pages are kept. */
export function merge(
  board: Board,
  lane: string,
  columns: Column[],
  { now, affected, held }: Reading,
): Board {
  const guards = Object.fromEntries(Object.entries(board.guards).filter(([, { until }]) => until > now));
  const cards = { ...board.cards };
  const stays = (id: string, column?: ColumnKey) =>
    held?.has(id) === true || (guards[id] !== undefined && guards[id].column !== column);
  const seen = new Set<string>();
  for (const { key, items } of columns) {
    for (const card of items) {
      if (stays(card.id, key)) continue;
      seen.add(card.id);
      cards[card.id] = same(cards[card.id], card);
    }
  }
  const cells = { ...board.cells };
  for (const [key, cell] of Object.entries(cells)) {
    const ids = cell.ids.filter((id) => !seen.has(id));
    if (ids.length !== cell.ids.length) cells[key] = { ...cell, ids };
  }
  for (const column of columns) {
    const key = cellKey(column.key, lane);
    const before = board.cells[key]?.ids ?? [];
    const stuck = new Set(before.filter((id) => stays(id, undefined) && !seen.has(id)));
    const tail = column.next
      ? before.filter((id) => !seen.has(id) && !stuck.has(id) && !affected?.has(id))
      : [];
    const ids = [...column.items.map(({ id }) => id).filter((id) => seen.has(id)), ...tail];
    for (const id of stuck) ids.splice(Math.min(before.indexOf(id), ids.length), 0, id);
    cells[key] = {
      column: column.key,
      lane,
      computed: column.computed,
      ids,
      count: Math.max(column.count, ids.length),
      totals: column.totals,
      limit: column.limit,
      next: tail.length > 0 ? board.cells[key]?.next : column.next,
    };
  }
  return { cells, cards, guards };
}

/** An unchanged card keeps its identity, so that it is not drawn again. */
function same(old: Card | undefined, fresh: Card): Card {
  return old && JSON.stringify(old) === JSON.stringify(fresh) ? old : fresh;
}

/** The next page of one column. */
export function append(board: Board, key: string, column: Column): Board {
  const cell = board.cells[key];
  if (!cell) return board;
  const cards = { ...board.cards };
  const known = new Set(Object.values(board.cells).flatMap(({ ids }) => ids));
  const ids = [...cell.ids];
  for (const card of column.items) {
    if (known.has(card.id)) continue;
    cards[card.id] = card;
    ids.push(card.id);
  }
  const next = { ...cell, ids, next: column.next, count: Math.max(cell.count, ids.length) };
  return { ...board, cards, cells: { ...board.cells, [key]: next } };
}

const opens = (card?: Card) => (card?.balances ?? []).map(({ currency, open }) => [currency, open] as const);

function withTotals(cell: Cell, card: Card | undefined, sign: 1 | -1): Cell {
  const totals = { ...cell.totals };
  for (const [currency, open] of opens(card)) totals[currency] = (totals[currency] ?? 0) + sign * open;
  return { ...cell, totals, count: Math.max(0, cell.count + sign) };
}

function lift(board: Board, id: string): Board {
  const place = find(board, id);
  const cell = place && board.cells[place.cell];
  if (!place || !cell) return board;
  const rest = withTotals({ ...cell, ids: cell.ids.filter((other) => other !== id) }, board.cards[id], -1);
  return { ...board, cells: { ...board.cells, [place.cell]: rest } };
}

function insert(board: Board, id: string, key: string, index: number): Board {
  const cell = board.cells[key];
  if (!cell) return board;
  const ids = cell.ids.toSpliced(Math.min(index, cell.ids.length), 0, id);
  return {
    ...board,
    cells: { ...board.cells, [key]: withTotals({ ...cell, ids }, board.cards[id], 1) },
  };
}

/** Puts a card on top of a column of its lane, ahead of the server's answer; `back` takes it back. */
export function shift(board: Board, id: string, to: ColumnKey): { board: Board; back?: Place } {
  const place = find(board, id);
  const from = place && board.cells[place.cell];
  if (!place || !from || from.column === to) return { board };
  return { board: insert(lift(board, id), id, cellKey(to, from.lane), 0), back: place };
}

export function putBack(board: Board, { id, cell, index }: Place): Board {
  return insert(lift(board, id), id, cell, index);
}

/** The answer to a move: the card as it is now, in the column where it stands. */
export function settle(board: Board, card: Card, now: number): Board {
  const place = find(board, card.id);
  const lane = place ? (board.cells[place.cell]?.lane ?? '') : '';
  const guards = { ...board.guards, [card.id]: { column: card.column, until: now + guardFor } };
  const target = cellKey(card.column, lane);
  if (place?.cell === target) return { ...board, guards, cards: { ...board.cards, [card.id]: { ...card } } };
  const lifted = lift(board, card.id);
  return insert({ ...lifted, guards, cards: { ...lifted.cards, [card.id]: card } }, card.id, target, 0);
}

/** A card that nobody may see any more, or that has nothing open. */
export const drop = (board: Board, id: string): Board => lift(board, id);

export type Step = 'up' | 'down' | 'left' | 'right' | 'first' | 'last';

/** The card that an arrow key leads to, walking columns and lanes as they stand on the screen. */
export function walk(
  board: Board,
  columns: ColumnKey[],
  lanes: string[],
  id: string,
  step: Step,
): string | undefined {
  const place = find(board, id);
  const cell = place && board.cells[place.cell];
  if (!place || !cell) return undefined;
  const at = (column: ColumnKey, lane: string) => board.cells[cellKey(column, lane)]?.ids ?? [];
  if (step === 'first') return cell.ids[0];
  if (step === 'last') return cell.ids.at(-1);
  if (step === 'up' || step === 'down') {
    const by = step === 'up' ? -1 : 1;
    const near = cell.ids[place.index + by];
    if (near) return near;
    for (let lane = lanes.indexOf(cell.lane) + by; lane >= 0 && lane < lanes.length; lane += by) {
      const ids = at(cell.column, lanes[lane] ?? '');
      if (ids.length > 0) return by < 0 ? ids.at(-1) : ids[0];
    }
    return undefined;
  }
  const by = step === 'left' ? -1 : 1;
  for (let column = columns.indexOf(cell.column) + by; columns[column]; column += by) {
    const ids = at(columns[column] as ColumnKey, cell.lane);
    if (ids.length > 0) return ids[Math.min(place.index, ids.length - 1)];
  }
}

/** The column beside, skipping those that nothing can be moved into. */
export function neighbour(
  columns: ColumnKey[],
  from: ColumnKey,
  by: -1 | 1,
  closed: (column: ColumnKey) => boolean,
): ColumnKey | undefined {
  for (let at = columns.indexOf(from) + by; at >= 0 && at < columns.length; at += by) {
    const column = columns[at];
    if (column && !closed(column)) return column;
  }
}

/** Every card from one to another of the same column, as Shift+click means it. */
export function range(board: Board, from: string, to: string): string[] {
  const place = find(board, from);
  const ids = (place && board.cells[place.cell]?.ids) ?? [];
  const a = ids.indexOf(from);
  const b = ids.indexOf(to);
  return a < 0 || b < 0 ? [to] : ids.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** A column's heads over all its lanes. */
export function headOf(board: Board, column: ColumnKey, lanes: string[]) {
  let count = 0;
  const totals: Record<string, number> = {};
  for (const lane of lanes) {
    const cell = board.cells[cellKey(column, lane)];
    if (!cell) continue;
    count += cell.count;
    for (const [currency, open] of Object.entries(cell.totals))
      totals[currency] = (totals[currency] ?? 0) + open;
  }
  return { count, totals };
}
