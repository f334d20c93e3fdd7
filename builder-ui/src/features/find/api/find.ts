import { useQueries } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import { useCan } from '@/shared/api/session';
import type { Customer, Invoice, Page, Payment } from '@/shared/api/types';

const shown = 5;

export type Found = {
  customers: Customer[];
  invoices: Invoice[];
  payments: Payment[];
  pending: boolean;
  error: unknown;
};

/** The first five of each kind, within what the reader may see; the server searches. */
export function useFound(text: string): Found {
  const search = text.trim();
  const enabled = search !== '';
  const ask = <T>(form: string, sort: string, may = true) => ({
    queryKey: [...keys.records(form), 'find', search],
    queryFn: ({ signal }: { signal: AbortSignal }) =>
      api.get<Page<T>>(`/records/${form}`, { search, sort, limit: shown }, signal),
    enabled: enabled && may,
    staleTime: 10_000,
  });
  const [customers, invoices, payments] = useQueries({
    queries: [
      ask<Customer>('customer', 'name'),
      ask<Invoice>('invoice', '-dueDate'),
      ask<Payment>('payment', '-valueDate', useCan('payment.read')),
    ],
  });
  const parts = [customers, invoices, payments];
  return {
    customers: customers.data?.items ?? [],
    invoices: invoices.data?.items ?? [],
    payments: payments.data?.items ?? [],
    pending: parts.some(({ isFetching, data }) => isFetching && !data),
    error: parts.find(({ error }) => error)?.error,
  };
}
