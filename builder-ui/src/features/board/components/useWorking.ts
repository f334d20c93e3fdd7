import { useCallback, useEffect, useRef, useState } from 'react';
import { api } from '@/shared/api/client';
import { useMe } from '@/shared/api/session';
import type { Work } from '../model/types';

const again = 20_000;
const idle = 60_000;

/**
 * Says that one works an account while one really does: from the first key or click, again every 20 seconds
 * as long as something happens, and no longer when it is closed. Answers who else was first.
 */
export function useWorking(id: string): { touch: () => void; other?: Work } {
  const me = useMe().user.id;
  const [other, setOther] = useState<Work>();
  const touched = useRef(0);
  const timer = useRef<ReturnType<typeof setInterval>>(undefined);

  const stop = useCallback(() => {
    clearInterval(timer.current);
    timer.current = undefined;
  }, []);
  const touch = useCallback(() => {
    touched.current = Date.now();
    if (timer.current) return;
    const say = () => {
      if (Date.now() - touched.current > idle) return stop();
      api
        .put<Work>(`/customers/${id}/working`, undefined)
        .then((work) => setOther(work && work.by !== me ? work : undefined))
        .catch(() => undefined);
    };
    timer.current = setInterval(say, again);
    say();
  }, [id, me, stop]);

  useEffect(
    () => () => {
      if (touched.current === 0) return;
      stop();
      api.delete(`/customers/${id}/working`).catch(() => undefined);
    },
    [id, stop],
  );
  return { touch, other };
}
