import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import { useAccountChanged } from '@/shared/api/records';
import type { Tier } from '@/shared/api/types';

export type TierReason = {
  key: 'delay' | 'broken' | 'old' | 'credit' | 'new';
  value: number;
  points: number;
  days?: number;
};
export type TierCard = {
  score: number;
  /** what the score makes of it */
  tier: Tier | '';
  reasons?: TierReason[];
  paidInvoices: number;
  /** what is in force */
  current?: Tier | '';
  source: 'score' | 'hand' | '';
  until?: string;
  reason?: string;
  byName?: string;
  at?: string;
  was?: Tier | '';
};

const keyOf = (customer: string) => [...keys.customer(customer), 'tier'];

export const useTier = (customer: string) =>
  useQuery({
    queryKey: keyOf(customer),
    queryFn: () => api.get<TierCard>(`/customers/${customer}/tier`),
    retry: false,
  });

export type SetTier = { tier?: Tier; until?: string; reason?: string; score?: boolean };

/** Sets a tier by hand; `score` gives it back to the score, nothing at all computes it anew. */
export function useSetTier(customer: string) {
  const client = useQueryClient();
  const changed = useAccountChanged();
  return useMutation({
    mutationFn: (what: SetTier) => api.post<TierCard>(`/customers/${customer}/tier`, what),
    onSuccess: (card) => {
      client.setQueryData(keyOf(customer), card);
      changed(customer);
    },
  });
}
