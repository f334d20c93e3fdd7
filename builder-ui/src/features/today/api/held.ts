import { useInfiniteQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Text } from '@/shared/api/types';

type Named = { key: string; name: Text };
type Reason = { key: string; text: Text; until?: string };
/** What a step waited for: the same reason asked about several times is one hold. */
export type Hold = {
  since?: string;
  at: string;
  times?: number;
  what: 'deferred' | 'refused' | 'merged';
  reason: Reason;
  until?: string;
  other?: Named;
  message?: string;
};
export type HeldEntry = Hold & {
  customer: { id: string; name: string };
  label?: string;
  flow: Named;
  /** What the run waited for before, newest first. */
  earlier?: Hold[];
  /** How many still earlier ones are no longer kept. */
  dropped?: number;
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
