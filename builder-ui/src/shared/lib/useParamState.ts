import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

/** Filters live in the address, so that they survive a reload and can be sent to a colleague. */
export function useParamState() {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (changes: Record<string, string | undefined>) =>
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          for (const [key, value] of Object.entries(changes)) {
            if (value) next.set(key, value);
            else next.delete(key);
          }
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  return { get: (key: string) => params.get(key) ?? undefined, set, any: params.size > 0 };
}
