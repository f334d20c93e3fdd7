import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { keys } from './query';
import type { RunAction, RunActionResult } from './types';

/** Steers up to 500 runs at once; the answer says which ones refused. */
export function useRunAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: { ids: string[]; action: RunAction; reason?: string }) =>
      api.post<RunActionResult>('/runs/actions', body),
    onSettled: () => {
      for (const queryKey of [keys.runs, keys.today, keys.flows, ['customer']])
        client.invalidateQueries({ queryKey });
    },
  });
}
