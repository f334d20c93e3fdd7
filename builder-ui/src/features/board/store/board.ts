import { create } from 'zustand';
import {
  append,
  type Board,
  drop,
  emptyBoard,
  merge,
  type Place,
  putBack,
  range,
  settle,
  shift,
} from '../model/board';
import type { Card, Cards, Column, ColumnKey } from '../model/types';

type State = {
  board: Board;
  ready: boolean;
  /** The card the keyboard stands on. */
  current?: string;
  selected: ReadonlySet<string>;
  anchor?: string;
  /** In hand, or waiting for an answer: what the server says meanwhile is applied afterwards. */
  held: ReadonlySet<string>;
  /** Cards that have just arrived somewhere, for the eye. */
  fresh: ReadonlySet<string>;
};
type Actions = {
  reset: () => void;
  load: (lanes: { lane: string; cards: Cards }[], affected: ReadonlySet<string>, anew: boolean) => void;
  more: (cell: string, column: Column) => void;
  shift: (id: string, to: ColumnKey) => Place | undefined;
  putBack: (place: Place) => void;
  settle: (card: Card) => void;
  drop: (id: string) => void;
  hold: (ids: string[], on: boolean) => void;
  stand: (id?: string) => void;
  pick: (id: string, how: { upTo?: boolean }) => void;
  pickNone: () => void;
};

const start: State = {
  board: emptyBoard,
  ready: false,
  selected: new Set(),
  held: new Set(),
  fresh: new Set(),
};

export const useBoard = create<State & Actions>((set, get) => ({
  ...start,
  reset: () => set(start),
  load: (lanes, affected, anew) =>
    set(({ board: before, held }) => {
      let board = anew ? { ...emptyBoard, guards: before.guards } : before;
      for (const { lane, cards } of lanes)
        board = merge(board, lane, cards.columns, {
          now: Date.now(),
          affected,
          held: anew ? undefined : held,
        });
      return { board, ready: true };
    }),
  more: (cell, column) => set(({ board }) => ({ board: append(board, cell, column) })),
  shift: (id, to) => {
    const { board, back } = shift(get().board, id, to);
    set({ board });
    return back;
  },
  putBack: (place) => set(({ board }) => ({ board: putBack(board, place) })),
  settle: (card) => {
    set(({ board, fresh }) => ({
      board: settle(board, card, Date.now()),
      fresh: new Set([...fresh, card.id]),
    }));
    setTimeout(
      () => set(({ fresh }) => ({ fresh: new Set([...fresh].filter((id) => id !== card.id)) })),
      1600,
    );
  },
  drop: (id) => set(({ board }) => ({ board: drop(board, id) })),
  hold: (ids, on) =>
    set(({ held }) => {
      const next = new Set(held);
      for (const id of ids) on ? next.add(id) : next.delete(id);
      return { held: next };
    }),
  stand: (current) => set({ current }),
  pick: (id, { upTo }) =>
    set(({ board, selected, anchor }) => {
      const next = new Set(selected);
      if (upTo && anchor && anchor !== id) {
        for (const other of range(board, anchor, id)) next.add(other);
        return { selected: next, anchor: id };
      }
      if (!next.delete(id)) next.add(id);
      return { selected: next, anchor: id };
    }),
  pickNone: () => set({ selected: new Set(), anchor: undefined }),
}));
