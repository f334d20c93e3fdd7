import { useQuery } from '@tanstack/react-query';
import { api } from './client';
import { keys } from './query';
import type { Flow } from './types';

export const useFlows = () =>
  useQuery({
    queryKey: keys.flows,
    queryFn: () => api.get<{ items: Flow[] }>('/flows'),
    select: ({ items }) => items,
  });

/** The flows by name, for pickers. */
export const useFlowNames = useFlows;
