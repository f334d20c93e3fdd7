import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Text } from '@/shared/api/types';

type Named = { key: string; name: Text };
type Reason = { key: string; text: Text; until?: string };
export type HeldEntry = {
  customer: { id: string; name: string };
  label?: string;
  flow: Named;
  at: string;
  what: 'deferred' | 'refused' | 'merged';
  reason: Reason;
  until?: string;
  other?: Named;
  message?: string;
};
type HeldPage = {
  groups: { reason: Reason; what: string; count: number }[];
  items: HeldEntry[];
  next?: string;
};

export const useHeldLog = (reason: string) =>
  useInfiniteQuery({
    queryKey: [...keys.today, 'held', reason],
    queryFn: ({ pageParam, signal }) =>
      api.get<HeldPage>('/today/held', { reason, cursor: pageParam, limit: 20 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next || undefined,
    placeholderData: (previous) => previous,
  });
