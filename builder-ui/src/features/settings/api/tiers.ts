import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import type { Outlook, Scoring, TierSettings } from '../model/tiers';

const settingsKey = ['tier-settings'] as const;

export const useTierSettings = () =>
  useQuery({
    queryKey: settingsKey,
    queryFn: () => api.get<TierSettings>('/tiers/settings'),
    refetchInterval: ({ state }) => {
      const last = state.data?.last;
      return last && !last.finishedAt ? 2000 : false;
    },
  });

export const usePreviewTiers = () =>
  useMutation({ mutationFn: (scoring: Scoring) => api.post<Outlook>('/tiers/preview', { scoring }) });

export function useSaveTiers() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ scoring, version }: { scoring: Scoring; version: number }) =>
      api.put<TierSettings>('/tiers/settings', { scoring }, version),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: settingsKey });
      client.invalidateQueries({ queryKey: ['workspace'] });
    },
  });
}

export function useRunTiers() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.post('/tiers/run'),
    onSuccess: () => client.invalidateQueries({ queryKey: settingsKey }),
  });
}
