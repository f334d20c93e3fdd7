import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { create } from 'zustand';
import { backoff, initialLive, type LiveInput, type LiveState, liveReducer, staleKeys } from './live';
import type { LiveEvent } from './types';

type Frame = { seq?: number; events?: LiveEvent[]; type?: 'reset' };
type Store = LiveState & { dispatch: (input: LiveInput) => void };

export const useLiveStore = create<Store>((set) => ({
  ...initialLive,
  dispatch: (input) => set((state) => liveReducer(state, input)),
}));

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
      if (frame.seq !== undefined) dispatch({ type: 'received', seq: frame.seq });
      if (!frame.events?.length) return;
      waiting.push(...frame.events);
      flush ??= setTimeout(apply, settle);
    };
    const open = () => {
      if (stopped) return;
      dispatch({ type: 'retry' });
      const { seq } = useLiveStore.getState();
      const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
      socket = new WebSocket(`${scheme}://${location.host}/api/v1/live${seq ? `?after=${seq}` : ''}`);
      socket.onopen = () => dispatch({ type: 'opened' });
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
