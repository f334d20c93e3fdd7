import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useRef } from 'react';
import { keys } from '@/shared/api/query';
import type { LiveEvent } from '@/shared/api/types';
import { hearLive } from '@/shared/api/useLive';
import { find } from '../model/board';
import { joined, laneCondition } from '../model/query';
import type { Cards, Lanes, View } from '../model/types';
import { useBoard } from '../store/board';
import { firstPage, readCards } from './board';

type Query = { search?: string; sort?: string; conditions: unknown[]; lanes?: Lanes; values: string[] };

const breath = 250;
const atOnce = 4;
const lookUps = 6;

/** The account that an event is about, when its card may look different afterwards. */
function accountOf({ type, customer, id, form }: LiveEvent): string | undefined {
  if (type === 'account' || type === 'working' || type === 'task' || type === 'run') return customer ?? id;
  if (type === 'record' && form === 'customer') return id;
}

/** Reads lanes a few at a time: a board with fifty owners must not ask fifty questions at once. */
async function readLanes(
  view: string,
  { search, sort, conditions, lanes, values }: Query,
  signal?: AbortSignal,
) {
  const list = lanes ? values : [''];
  const read: { lane: string; cards: Cards }[] = [];
  for (let at = 0; at < list.length; at += atOnce) {
    const part = list.slice(at, at + atOnce).map(async (lane) => {
      const filter = joined(lanes ? [...conditions, laneCondition(lanes, lane)] : conditions);
      return { lane, cards: await readCards(view, { search, sort, filter }, signal) };
    });
    read.push(...(await Promise.all(part)));
  }
  return read;
}

/** Keeps the board's cards: read once, and again, as little as possible, whenever something changes. */
export function useCards(view: View | undefined, query: Query) {
  const client = useQueryClient();
  const key = useMemo(
    () => [...keys.boards, view?.key, 'cards', view?.version, JSON.stringify(query)],
    [view?.key, view?.version, query],
  );
  const shown = useRef('');
  const affected = useRef(new Set<string>());
  const result = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const changed = affected.current;
      affected.current = new Set();
      return { changed, lanes: await readLanes(view?.key ?? '', query, signal) };
    },
    enabled: view !== undefined && (!query.lanes || query.values.length > 0),
    structuralSharing: false,
    staleTime: 0,
    gcTime: 0,
  });

  const { data } = result;
  useEffect(() => {
    if (!data) return;
    const name = JSON.stringify(key);
    // One reading is drawn in one frame, however many events led to it.
    const frame = requestAnimationFrame(() => {
      const { board, load } = useBoard.getState();
      const deep = [...data.changed].filter((id) => (find(board, id)?.index ?? 0) >= firstPage);
      for (const id of deep) data.changed.delete(id);
      load(data.lanes, data.changed, shown.current !== name);
      shown.current = name;
      for (const id of deep.slice(0, lookUps)) void lookUp(view?.key ?? '', id, query);
    });
    return () => cancelAnimationFrame(frame);
  }, [data, key, query, view?.key]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = 0;
    const read = () => {
      timer = undefined;
      last = performance.now();
      client.invalidateQueries({ queryKey: key }, { cancelRefetch: true });
    };
    const soon = () => {
      timer ??= setTimeout(read, Math.max(0, last + breath - performance.now()));
    };
    const quiet = hearLive((events) => {
      const ids = events.map(accountOf).filter((id) => id !== undefined);
      if (ids.length === 0) return;
      for (const id of ids) affected.current.add(id);
      soon();
    });
    // What came while a card was in somebody's hand is read when it is put down.
    const released = useBoard.subscribe((now, before) => {
      if (now.held.size < before.held.size) soon();
    });
    return () => {
      quiet();
      released();
      clearTimeout(timer);
    };
  }, [client, key]);

  return result;
}

/** A card far down a long column: asked for by name instead of reading the column down to it. */
async function lookUp(view: string, id: string, { conditions }: Query) {
  const name = useBoard.getState().board.cards[id]?.name;
  if (!name) return;
  try {
    const { columns } = await readCards(view, { search: name, filter: joined(conditions), limit: 10 });
    const card = columns.flatMap(({ items }) => items).find((item) => item.id === id);
    const { settle, drop } = useBoard.getState();
    if (card) settle(card);
    else drop(id);
  } catch {
    // The card stays as it was; the next event asks again.
  }
}
