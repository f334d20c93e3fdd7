import { useEffect, useRef } from 'react';
import type { Presence } from '@/shared/api/types';
import { sayLive, useLiveStore } from '@/shared/api/useLive';
import { useDesigner } from './designer';

const beat = 4000;
const nobody: Presence[] = [];

/** Everybody else at this flow, their other tabs included. */
export function usePeople(): Presence[] {
  const key = useDesigner((state) => state.key);
  const people = useLiveStore((state) => state.presence[`flow/${key}`]) ?? nobody;
  const session = useLiveStore((state) => state.session);
  const cache = useRef({ people, session, others: nobody });
  if (cache.current.people !== people || cache.current.session !== session)
    cache.current = { people, session, others: people.filter((person) => person.session !== session) };
  return cache.current.others;
}

/** Tells the others where we are, every few seconds and when it changes. */
export function useSayHere(editing: boolean, alive: () => void) {
  const key = useDesigner((state) => state.key);
  const at = useDesigner((state) => state.selected[0] ?? '');
  const readOnly = useDesigner((state) => state.readOnly);
  const status = useLiveStore((state) => state.status);
  useEffect(() => {
    if (status !== 'live') return;
    const doc = `flow/${key}`;
    const say = () => {
      if (document.visibilityState === 'visible')
        sayLive({ type: 'here', doc, at, editing: editing && !readOnly });
      alive();
    };
    say();
    const timer = setInterval(say, beat);
    return () => clearInterval(timer);
  }, [status, key, at, editing, readOnly, alive]);
  useEffect(() => () => sayLive({ type: 'away', doc: `flow/${key}` }), [key]);
}
