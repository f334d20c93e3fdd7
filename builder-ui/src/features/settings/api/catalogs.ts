import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import type { Text } from '@/shared/api/types';

/** A package that is another than the index says: named, and not offered. */
export type WrongPack = { id: string; version: string; name?: Text; file: string; problem: string };

export type Catalog = {
  id: string;
  at: string;
  name?: Text | null;
  state: 'trusted' | 'unknown' | 'unsigned';
  /** When the copy that is shown was got; none without one. */
  got?: string;
  looked?: string;
  problem?: string;
  count: number;
  /** How many of them were compared with the index; the others follow with the next looks. */
  compared: number;
  wrong: WrongPack[];
  own: boolean;
  keys: { key: string; fingerprint: string }[];
  addedAt?: string;
  by?: { id: string; name: string };
};

const catalogsKey = ['catalogs'] as const;

export const useCatalogs = () =>
  useQuery({
    queryKey: catalogsKey,
    queryFn: () => api.get<{ items: Catalog[]; folders: boolean }>('/catalogs'),
    // A look compares some packages; until all are, the next one goes on.
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ compared, count, problem }) => !problem && compared < count) ? 2000 : false,
  });

/** The market shows what catalogues have: it is read again with them. */
function useChange<V>(mutationFn: (values: V) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => {
      for (const queryKey of [catalogsKey, ['packs']]) client.invalidateQueries({ queryKey });
    },
  });
}

export const useAddCatalog = () =>
  useChange((values: { at: string; keys: string[] }) => api.post('/catalogs', values));
export const useRefreshCatalog = () => useChange((id: string) => api.post(`/catalogs/${id}/refresh`, {}));
export const useRemoveCatalog = () => useChange((id: string) => api.delete(`/catalogs/${id}`));
