import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Cards, ColumnKey, Move, MoveResult, View } from '../model/types';

export const firstPage = 30;
export const nextPage = 60;

export const useViews = () =>
  useQuery({
    queryKey: keys.boards,
    queryFn: () => api.get<{ items: View[] }>('/boards'),
    select: ({ items }) => items,
  });

export type CardQuery = {
  column?: ColumnKey;
  search?: string;
  filter?: string;
  sort?: string;
  cursor?: string;
  limit?: number;
};

export const readCards = (view: string, query: CardQuery, signal?: AbortSignal) =>
  api.get<Cards>(`/boards/${view}/cards`, { limit: firstPage, ...query }, signal);

export const sendMoves = (moves: Move[]) =>
  api.post<{ items: MoveResult[] }>('/boards/moves', { moves }).then(({ items }) => items);

/** The regions that customers of this board are in. */
export function useRegions(view: string, enabled: boolean) {
  return useQuery({
    queryKey: [...keys.boards, view, 'regions'],
    queryFn: async () => (await api.get<{ items: string[] }>(`/boards/${view}/regions`)).items,
    staleTime: 300_000,
    enabled,
  });
}

type SaveView = Omit<View, 'version' | 'owner' | 'builtin'> & { version?: number };

export function useSaveView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, version, ...body }: SaveView) => api.put<View>(`/boards/${key}`, body, version),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.boards, exact: true }),
  });
}

export function useDeleteView() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: string) => api.delete(`/boards/${key}`),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.boards, exact: true }),
  });
}
