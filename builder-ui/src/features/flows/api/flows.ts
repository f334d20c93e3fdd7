import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Batch, Flow, Text } from '@/shared/api/types';
import type { FlowDocument } from '../model/document';
import type { Person } from '../model/draft';
import type { Issue } from './designer';

export { useFlows } from '@/shared/api/flows';

export type RunningChoice = 'finish' | 'move' | 'stop';
export type Release = { running: RunningChoice; steps?: Record<string, RunningChoice>; revision?: number };
export type Published = { version: number; hash: string; batch?: string };
export type Impact = {
  revision: number;
  enter: number;
  sample: { id: string; label: string }[];
  atLeast?: boolean;
  steps: { node: string; sentence: Text; runs: number; gone: boolean }[];
  runs: number;
  authors: Person[];
  changed: string[];
  issues: Issue[];
};
export type Version = {
  version: number;
  hash: string;
  at: string;
  by?: Person;
  until?: string;
  live: boolean;
  runs: { active: number; paused: number; parked: number };
};

const at = (key: string) => `/flows/${encodeURIComponent(key)}`;

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
  useFlowMutation(({ key, ...release }: Release & { key: string }) =>
    api.post<Published>(`${at(key)}/publish`, release),
  );

export const useRollback = () =>
  useFlowMutation(({ key, ...release }: Release & { key: string; hash: string }) =>
    api.post<Published>(`${at(key)}/rollback`, release),
  );

export const useStop = () => useFlowMutation((key: string) => api.post(`${at(key)}/stop`));

export const useDelete = () => useFlowMutation((key: string) => api.delete(at(key)));

export type NewFlow = { key?: string; name?: Text; form?: string; from?: string; document?: FlowDocument };
export const useCreate = () => useFlowMutation((flow: NewFlow) => api.post<Flow>('/flows', flow));

export const useImpact = (key: string, mine: boolean, open: boolean) =>
  useQuery({
    queryKey: [...keys.flows, 'impact', key, mine],
    queryFn: () => api.get<Impact>(`${at(key)}/impact`, { mine }),
    enabled: open,
    gcTime: 0,
    staleTime: 0,
  });

export const useVersions = (key: string) =>
  useQuery({
    queryKey: [...keys.flows, 'versions', key],
    queryFn: () => api.get<{ items: Version[] }>(`${at(key)}/versions`),
    select: ({ items }) => items,
  });

export const useVersion = (key: string, hash: string | undefined) =>
  useQuery({
    queryKey: ['flow-version', key, hash],
    queryFn: () =>
      api.get<{ version: number; hash: string; document: FlowDocument }>(`${at(key)}/versions/${hash}`),
    enabled: hash !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Follows a batch while it runs; live events and a slow poll keep it moving. */
export const useBatch = (id: string | undefined) =>
  useQuery({
    queryKey: keys.batch(id ?? ''),
    queryFn: () => api.get<Batch>(`/batches/${id}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.status === 'running' ? 2000 : false),
  });
