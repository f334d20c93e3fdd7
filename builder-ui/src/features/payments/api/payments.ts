import { useQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys, usePages } from '@/shared/api/query';
import type { Invoice, Page, Payment } from '@/shared/api/types';
import { allOf } from '@/shared/lib/ageing';

export const usePayments = (params: { filter?: string; search?: string; sort?: string }) =>
  usePages<Payment>(keys.records('payment'), '/records/payment', params);

export const usePayment = (id: string, known?: Payment) =>
  useQuery({
    queryKey: [...keys.records('payment'), 'one', id],
    queryFn: () => api.get<Payment>(`/records/payment/${id}`),
    initialData: known,
    initialDataUpdatedAt: 0,
  });

/** What a customer's money in a currency can be applied to: the oldest 200 open invoices. */
export const useOpenInvoices = (customer: string, currency: string, enabled: boolean) =>
  useQuery({
    queryKey: [...keys.records('invoice'), 'open', customer, currency],
    queryFn: () =>
      api.get<Page<Invoice>>('/records/invoice', {
        filter: allOf([
          { field: 'customer', op: 'eq', value: customer },
          { field: 'currency', op: 'eq', value: currency },
          { field: 'open', op: 'gt', value: 0 },
        ]),
        sort: 'dueDate',
        limit: 200,
      }),
    enabled,
  });
