import { useQuery } from '@tanstack/react-query';
import { api } from './client';
import { keys } from './query';
import type { Ref } from './types';

/** Users by name, for owner pickers. */
export const useUserNames = () =>
  useQuery({
    queryKey: keys.names,
    queryFn: () => api.get<{ items: Ref[] }>('/users/names'),
    select: ({ items }) => items,
    staleTime: 300_000,
  });
