import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Batch } from '@/shared/api/types';

export { useFlows } from '@/shared/api/flows';

export type RunningChoice = 'finish' | 'move' | 'stop';

function useFlowMutation<V, R>(mutationFn: (values: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: () => {
      for (const queryKey of [keys.flows, keys.runs, keys.today]) client.invalidateQueries({ queryKey });
    },
  });
}

export const usePublish = () =>
  useFlowMutation(({ key, running }: { key: string; running: RunningChoice }) =>
    api.post<{ version: number; hash: string; batch?: string }>(`/flows/${key}/publish`, { running }),
  );

export const useStop = () => useFlowMutation((key: string) => api.post(`/flows/${key}/stop`));

/** Follows a batch while it runs; live events and a slow poll keep it moving. */
export const useBatch = (id: string | undefined) =>
  useQuery({
    queryKey: keys.batch(id ?? ''),
    queryFn: () => api.get<Batch>(`/batches/${id}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 2000 : false),
  });
