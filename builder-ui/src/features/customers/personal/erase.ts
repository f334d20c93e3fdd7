import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';

export type Erased = {
  done: boolean;
  mark: string;
  counts: { part: string; n: number }[];
  texts: { seq: number; type: string; at: string }[];
  oldLog?: number;
  hinder?: { key: string; text: string };
};

/** What an erasure would take away, asked anew whenever somebody looks. */
export const usePlan = (customer: string, open: boolean) =>
  useQuery({
    queryKey: ['erase-plan', customer],
    queryFn: () => api.post<Erased>(`/customers/${customer}/erase`, { dryRun: true }),
    enabled: open,
    gcTime: 0,
    staleTime: 0,
  });

/** Erases, asking again while there is more than one request does. */
export function useErase(customer: string) {
  const queries = useQueryClient();
  return async (body: { reason: string; confirm: string }) => {
    // Once its record is empty, the customer is confirmed by what was typed no more; the record goes last.
    let last: Erased;
    do last = await api.post<Erased>(`/customers/${customer}/erase`, body);
    while (!last.done);
    await queries.invalidateQueries();
    return last;
  };
}
