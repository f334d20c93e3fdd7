import { useCallback, useRef } from 'react';
import { useSearchParams } from 'react-router';

/** Filters live in the address, so that they survive a reload and can be sent to a colleague. */
export function useParamState() {
  const [params, setParams] = useSearchParams();
  // Handlers that were made once, such as those of a table's columns, must not bring back the address of that moment.
  const latest = useRef(params);
  latest.current = params;
  const set = useCallback(
    (changes: Record<string, string | undefined>) => {
      const next = new URLSearchParams(latest.current);
      for (const [key, value] of Object.entries(changes)) {
        if (value) next.set(key, value);
        else next.delete(key);
      }
      latest.current = next;
      setParams(next, { replace: true });
    },
    [setParams],
  );
  return { get: (key: string) => params.get(key) ?? undefined, set, any: params.size > 0 };
}
