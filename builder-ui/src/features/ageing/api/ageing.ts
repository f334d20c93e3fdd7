import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import type { Ageing } from '@/shared/api/types';

/** Amounts in the currency's smallest unit; `outstanding` is the sum of the buckets less `unapplied`. */
export type Aged = Ageing & { outstanding: number; overdue: number; unapplied: number };
export type AgedCustomer = Aged & { customer: { id: string; name: string } };
/** The worst customers first, and how many more there are. */
export type AgedCurrency = Aged & { customers: AgedCustomer[]; more: number };
export type AgeingReport = { asOf: string; currencies: AgedCurrency[] };

/** Recomputed from the journal, so it is not asked for again with every event. */
export const useAgeing = (params: { asOf?: string; currency?: string }) =>
  useQuery({
    queryKey: ['ageing', params],
    queryFn: () => api.get<AgeingReport>('/insight/ageing/customers', params),
    placeholderData: keepPreviousData,
  });

/** The address of all rows as a table for a spreadsheet. */
export function ageingFile(params: { asOf?: string; currency?: string; language: string }) {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value) search.set(key, value);
  return `/api/v1/insight/ageing/customers.csv?${search}`;
}
