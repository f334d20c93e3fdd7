import { useCallback, useEffect, useRef, useState } from 'react';
import { useMe } from '@/shared/api/session';
import type { Problem } from '@/shared/api/types';
import { hearLine, type Line, nothing, type Rehearsal, splitLines } from '../model/rehearsal';

export type Ask = {
  flow?: string;
  document?: unknown;
  from: string;
  to: string;
  customer?: string;
  alone?: boolean;
};
export type Status = 'idle' | 'running' | 'done' | 'cancelled' | 'failed';

/** Reads a rehearsal while it is played; what came first is on screen before the rest is known. */
export function useRehearsal() {
  const { csrf } = useMe();
  const [result, setResult] = useState<Rehearsal>(nothing);
  const [status, setStatus] = useState<Status>('idle');
  const abort = useRef<AbortController>(null);

  const cancel = useCallback(() => abort.current?.abort(), []);
  useEffect(() => cancel, [cancel]);

  const start = useCallback(
    async (ask: Ask) => {
      abort.current?.abort();
      const control = new AbortController();
      abort.current = control;
      setResult(nothing);
      setStatus('running');
      let so = nothing;
      let drawn = 0;
      const hear = (lines: string[]) => {
        for (const line of lines) so = hearLine(so, JSON.parse(line) as Line);
        // A screen that is drawn for every line would be slower than the rehearsal itself.
        const now = performance.now();
        if (now - drawn < 120 && !so.totals) return;
        drawn = now;
        setResult(so);
      };
      try {
        const response = await fetch('/api/v1/rehearsals/stream', {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            Accept: 'application/x-ndjson',
            'Accept-Language': document.documentElement.lang,
            'X-CSRF-Token': csrf,
          },
          body: JSON.stringify(ask),
          signal: control.signal,
        });
        if (!response.ok || !response.body) throw await problemOf(response);
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = '';
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
          const cut = splitLines(rest, piece.value);
          rest = cut.rest;
          hear(cut.lines);
        }
        if (rest.trim()) hear([rest]);
        setResult(so);
        setStatus(so.totals ? 'done' : 'failed');
      } catch (error) {
        if (abort.current !== control) return;
        setResult({
          ...so,
          problem: error instanceof Error ? '' : ((error as Problem).detail ?? (error as Problem).title),
        });
        setStatus(control.signal.aborted ? 'cancelled' : 'failed');
      }
    },
    [csrf],
  );
  return { result, status, start, cancel };
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const problem = (await response.json()) as Problem;
    return { ...problem, detail: problem.errors?.[0]?.message ?? problem.detail };
  } catch {
    return { status: response.status };
  }
}
