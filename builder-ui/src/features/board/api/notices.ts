import { useInfiniteQuery, useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Page } from '@/shared/api/types';
import type { Notice } from '../model/types';

type Notices = Page<Notice> & { unread: number };

export function useNotices() {
  const query = useInfiniteQuery({
    queryKey: keys.notices,
    queryFn: ({ pageParam, signal }) =>
      api.get<Notices>('/notices', { cursor: pageParam, limit: 20 }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  });
  const pages = query.data?.pages ?? [];
  return { ...query, rows: pages.flatMap(({ items }) => items), unread: pages[0]?.unread ?? 0 };
}

export function useReadNotices() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (ids?: string[]) => api.post('/notices/read', ids ? { ids } : {}),
    onSettled: () => client.invalidateQueries({ queryKey: keys.notices }),
  });
}
