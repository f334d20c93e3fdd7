import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { create } from 'zustand';
import { backoff, initialLive, type LiveInput, type LiveState, liveReducer, staleKeys } from './live';
import type { LiveEvent, Presence } from './types';

type Frame = {
  seq?: number;
  events?: LiveEvent[];
  type?: 'reset' | 'hello' | 'presence';
  session?: string;
  doc?: string;
  people?: Presence[];
};
type Store = LiveState & {
  /** Tells this tab apart from others of the same person. */
  session?: string;
  /** Who is at which document, by document. */
  presence: Record<string, Presence[]>;
  dispatch: (input: LiveInput) => void;
};

export const useLiveStore = create<Store>((set) => ({
  ...initialLive,
  presence: {},
  dispatch: (input) => set((state) => liveReducer(state, input)),
}));

let current: WebSocket | undefined;
const listeners = new Set<(events: LiveEvent[]) => void>();

/** Says something to the server over this tab's socket; without a connection it is not said. */
export function sayLive(frame: unknown) {
  if (current?.readyState === WebSocket.OPEN) current.send(JSON.stringify(frame));
}

/** Hears events at once, before they are gathered for the cache. */
export function hearLive(listener: (events: LiveEvent[]) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Calls back whenever the server is there again after it was away. */
export function onBack(back: () => void): () => void {
  return useLiveStore.subscribe((now, before) => {
    if (now.status === 'live' && before.status !== 'live') back();
  });
}

const settle = 700;

/** Keeps one socket open while someone is signed in, resuming after the last event it saw. */
export function useLive(workspace: string | undefined) {
  const client = useQueryClient();
  useEffect(() => {
    if (!workspace) return;
    const { dispatch } = useLiveStore.getState();
    let socket: WebSocket | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let flush: ReturnType<typeof setTimeout> | undefined;
    let waiting: LiveEvent[] = [];
    let stopped = false;

    const apply = () => {
      flush = undefined;
      const events = waiting;
      waiting = [];
      for (const queryKey of staleKeys(events)) client.invalidateQueries({ queryKey });
    };
    const receive = (frame: Frame) => {
      if (frame.type === 'reset') {
        dispatch({ type: 'reset' });
        client.invalidateQueries();
      }
      if (frame.session) useLiveStore.setState({ session: frame.session });
      if (frame.type === 'presence' && frame.doc) {
        const { doc, people = [] } = frame;
        useLiveStore.setState(({ presence }) => ({ presence: { ...presence, [doc]: people } }));
      }
      if (frame.seq !== undefined) dispatch({ type: 'received', seq: frame.seq });
      if (!frame.events?.length) return;
      for (const listener of listeners) listener(frame.events);
      waiting.push(...frame.events);
      flush ??= setTimeout(apply, settle);
    };
    const open = () => {
      if (stopped) return;
      dispatch({ type: 'retry' });
      const { seq } = useLiveStore.getState();
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
      socket = new WebSocket(`${scheme}://${location.host}/api/v1/live${seq ? `?after=${seq}` : ''}`);
      current = socket;
      socket.onopen = () => {
        dispatch({ type: 'opened' });
        // What could not be read while the server was away is read now, wherever it is shown.
        void client.refetchQueries({ type: 'active', predicate: ({ state }) => state.status === 'error' });
      };
      socket.onmessage = (message) => {
        try {
          receive(JSON.parse(message.data));
        } catch {
          // A frame we cannot read is skipped; the next reset or refetch repairs the picture.
        }
      };
      socket.onclose = () => {
        if (stopped) return;
        dispatch({ type: 'closed' });
        useLiveStore.setState({ presence: {} });
        retry = setTimeout(open, backoff(useLiveStore.getState().attempt));
      };
    };
    const openNow = () => {
      if (useLiveStore.getState().status !== 'waiting') return;
      clearTimeout(retry);
      open();
    };

    dispatch({ type: 'reset' });
    open();
    window.addEventListener('online', openNow);
    return () => {
      stopped = true;
      window.removeEventListener('online', openNow);
      clearTimeout(retry);
      clearTimeout(flush);
      socket?.close();
    };
  }, [client, workspace]);
}
