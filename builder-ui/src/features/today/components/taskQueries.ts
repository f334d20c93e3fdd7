import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys, usePages } from '@/shared/api/query';
import { useMe } from '@/shared/api/session';
import type { Task } from '@/shared/api/types';

export type TaskScope = 'mine' | 'queue' | 'team' | 'all';

/**
 * Open tasks; everybody's are already on the page, one's own and the queue's are asked for. Until somebody
 * chooses, one's own are shown, or everybody's when one has none.
 */
export function useTasks(chosen: TaskScope | undefined, all: Task[]) {
  const mine = usePages<Task>([...keys.tasks, 'mine'], '/tasks', { status: 'open', mine: true, limit: 20 });
  const queue = usePages<Task>(
    [...keys.tasks, 'queue'],
    '/tasks',
    { status: 'open', queue: true, limit: 20 },
    chosen === 'queue',
  );
  const team = usePages<Task>(
    [...keys.tasks, 'team'],
    '/tasks',
    { status: 'open', team: true, limit: 20 },
    chosen === 'team',
  );
  const mineNone = mine.data !== undefined && mine.rows.length === 0;
  const scope = chosen ?? (mineNone && all.length > 0 ? 'all' : 'mine');
  if (scope === 'all')
    return {
      scope,
      rows: all,
      error: null,
      isPending: false,
      hasNextPage: false,
      isFetchingNextPage: false,
      refetch: () => undefined,
      fetchNextPage: () => undefined,
    };
  const { rows, error, isPending, hasNextPage, isFetchingNextPage, refetch, fetchNextPage } =
    scope === 'mine' ? mine : scope === 'team' ? team : queue;
  return {
    scope,
    rows,
    error,
    isPending,
    hasNextPage,
    isFetchingNextPage,
    refetch: () => void refetch(),
    fetchNextPage: () => void fetchNextPage(),
  };
}

export function useChangeTask() {
  const client = useQueryClient();
  const me = useMe().user.id;
  const onSettled = () => {
    client.invalidateQueries({ queryKey: keys.today });
    client.invalidateQueries({ queryKey: keys.tasks });
  };
  const change = useMutation({
    mutationFn: ({ id, ...body }: { id: string; assignee?: string; due?: string }) =>
      api.patch<Task>(`/tasks/${id}`, body),
    onSettled,
  });
  const take = useMutation({
    mutationFn: (id: string) => api.patch<Task>(`/tasks/${id}`, { assignee: me }),
    onSettled,
  });
  return { change, take };
}
