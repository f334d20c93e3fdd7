import { useMutation } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { ApiError, api } from '@/shared/api/client';
import { useMe } from '@/shared/api/session';
import type { Problem, Text } from '@/shared/api/types';

export type ImportMap = {
  columns: Record<string, string>;
  dates?: string[];
  decimal?: string;
  externalId?: string;
};
export type ImportField = { key: string; label: Text; type: string; required?: boolean };
export type Preview = {
  encoding: string;
  headerLine: number;
  header: string[];
  map: ImportMap;
  sample: string[][];
  fields: ImportField[];
};
export type Summary = {
  rows: number;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  problems?: Problem[];
  failedRows?: string;
  cut?: boolean;
};
export type Phase = 'idle' | 'running' | 'done' | 'stopped' | 'failed';

export const maxFile = 5 << 20;

/** A workbook is read as a whole; of a table of text its beginning tells what it looks like. */
const isWorkbook = ({ name }: File) => /\.xls[xm]?$/i.test(name);
const beginning = 80_000;

/** A file as the server takes it. */
export async function base64(file: Blob): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

export const usePreview = () =>
  useMutation({
    mutationFn: async ({ form, file }: { form: string; file: File }) =>
      api.post<Preview>(`/imports/${form}/preview`, {
        data: await base64(isWorkbook(file) ? file : file.slice(0, beginning)),
      }),
  });

type Line = { progress?: Summary; summary?: Summary; problem?: Problem };

/** Reads a file into records, or only judges it, and tells how far it is. */
export function useImport() {
  const { csrf } = useMe();
  const [sum, setSum] = useState<Summary>();
  const [phase, setPhase] = useState<Phase>('idle');
  const [error, setError] = useState<unknown>();
  const abort = useRef<AbortController>(null);
  const stop = useCallback(() => abort.current?.abort(), []);
  const reset = useCallback(() => {
    setSum(undefined);
    setPhase('idle');
  }, []);
  const start = useCallback(
    async (form: string, file: File, map: ImportMap, dryRun: boolean) => {
      const control = new AbortController();
      abort.current = control;
      setSum(undefined);
      setError(undefined);
      setPhase('running');
      try {
        const response = await fetch(`/api/v1/imports/${form}/stream`, {
          method: 'POST',
          headers: {
            'Content-Type': 'application/json',
            'Accept-Language': document.documentElement.lang,
            'X-CSRF-Token': csrf,
          },
          body: JSON.stringify({ data: await base64(file), map, dryRun }),
          signal: control.signal,
        });
        if (!response.ok || !response.body) throw new ApiError(response.status, await response.json());
        const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
        let rest = '';
        for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
          const lines = (rest + piece.value).split('\n');
          rest = lines.pop() ?? '';
          for (const text of lines) {
            const line = JSON.parse(text) as Line;
            if (line.problem) throw new ApiError(line.problem.status ?? 422, line.problem);
            if (line.progress) setSum(line.progress);
            if (line.summary) {
              setSum(line.summary);
              setPhase('done');
            }
          }
        }
      } catch (cause) {
        if (control.signal.aborted) return setPhase('stopped');
        setError(cause);
        setPhase('failed');
      }
    },
    [csrf],
  );
  return { sum, phase, error, start, stop, reset };
}
