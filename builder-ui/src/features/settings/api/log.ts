import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api } from '@/shared/api/client';
import { usePages } from '@/shared/api/query';
import { type Entry, earlierOf, type LogCheck } from '../model/log';

const logKey = ['log'] as const;

export type LogFilters = { actor?: string; object?: string; from?: string; to?: string };

/** The log of changes, newest first. Whoever leaves it to change something and comes back reads it anew. */
export function useLog(filters: LogFilters) {
  const client = useQueryClient();
  const pages = usePages<Entry>(logKey, '/audit', filters);
  useEffect(
    () => () => {
      client.invalidateQueries({ queryKey: logKey });
    },
    [client],
  );
  return pages;
}

const ask = (params: Record<string, string | number>) => api.get<{ items: Entry[] }>('/audit', params);

/** One entry, null when there is none of that number; entries never change but for texts that are erased. */
export const useEntry = (seq: number, known?: Entry) =>
  useQuery({
    queryKey: [...logKey, 'one', seq],
    queryFn: async () => (await ask({ seq })).items[0] ?? null,
    initialData: known,
    initialDataUpdatedAt: 0,
    enabled: seq > 0,
  });

/** The entry before this one that says what the same thing was, null for none. */
export const useEarlier = ({ seq, object, id = '' }: Entry, enabled: boolean) =>
  useQuery({
    queryKey: [...logKey, 'earlier', seq],
    queryFn: async () => earlierOf((await ask({ object, id, before: seq, limit: 10 })).items) ?? null,
    enabled,
  });

export const useCheckLog = () => useMutation({ mutationFn: () => api.get<LogCheck>('/audit/check') });
