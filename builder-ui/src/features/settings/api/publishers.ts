import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';

export type Publisher = {
  name: string;
  key: string;
  fingerprint: string;
  at?: string;
  by?: { id: string; name: string };
  server: boolean;
};

const publishersKey = ['publishers'] as const;

export const usePublishers = () =>
  useQuery({
    queryKey: publishersKey,
    queryFn: () => api.get<{ items: Publisher[] }>('/publishers'),
    select: ({ items }) => items,
  });

function useChange<V>(mutationFn: (values: V) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => client.invalidateQueries({ queryKey: publishersKey }),
  });
}

export const useTrust = () =>
  useChange((values: { name: string; key: string; fingerprint?: string }) => api.post('/publishers', values));
export const useDistrust = () =>
  useChange((fingerprint: string) => api.delete(`/publishers/${fingerprint.replaceAll(' ', '')}`));
