import type { QueryKey } from '@tanstack/react-query';
import { keys } from './query';
import type { LiveEvent } from './types';

export type LiveStatus = 'connecting' | 'live' | 'waiting';
export type LiveState = { status: LiveStatus; seq: number; attempt: number };
export type LiveInput =
  | { type: 'opened' }
  | { type: 'closed' }
  | { type: 'retry' }
  | { type: 'received'; seq: number }
  | { type: 'reset' };

export const initialLive: LiveState = { status: 'connecting', seq: 0, attempt: 0 };

/** The connection's state after an input; pure, so that resume and back-off can be tested without a socket. */
export function liveReducer(state: LiveState, input: LiveInput): LiveState {
  switch (input.type) {
    case 'opened':
      return { ...state, status: 'live', attempt: 0 };
    case 'closed':
      return { ...state, status: 'waiting', attempt: state.attempt + 1 };
    case 'retry':
      return { ...state, status: 'connecting' };
    case 'received':
      return { ...state, seq: Math.max(state.seq, input.seq) };
    case 'reset':
      return { ...state, seq: 0 };
  }
}

const shortest = 500;
const longest = 30_000;

/** Milliseconds until the next try: doubling, at most 30 s, with up to a quarter of jitter. */
export function backoff(attempt: number, random = Math.random()): number {
  const wait = Math.min(longest, shortest * 2 ** Math.max(0, attempt - 1));
  return Math.round(wait * (1 - random / 4));
}

/** The cache entries that a batch of events makes stale, each once. */
export function staleKeys(events: LiveEvent[]): QueryKey[] {
  const stale = new Map<string, QueryKey>();
  const add = (...list: QueryKey[]) => {
    for (const key of list) stale.set(key.join('/'), key);
  };
  for (const event of events) {
    // Who works on what concerns the board alone.
    if (event.type === 'working') continue;
    const customer = event.customer ?? (event.type === 'account' ? event.id : undefined);
    if (customer) add(keys.customer(customer));
    switch (event.type) {
      case 'account':
        add(keys.today, keys.records('customer'), keys.records('invoice'), keys.records('payment'));
        break;
      case 'run':
        add(keys.today, keys.runs, keys.flows);
        break;
      case 'message':
        add(keys.today, keys.messages);
        break;
      case 'task':
        add(keys.today, keys.tasks);
        break;
      case 'record':
        if (event.form) add(keys.records(event.form));
        if (event.form === 'customer') add(keys.customer(event.id));
        if (event.form === 'invoice' || event.form === 'payment') add(keys.today);
        break;
      case 'batch':
        add(keys.batch(event.id));
        break;
      case 'flow':
        add(keys.flows);
        break;
      case 'notice':
        add(keys.notices);
        break;
    }
  }
  return [...stale.values()];
}
