import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys, usePages } from '@/shared/api/query';
import type {
  Customer,
  CustomerData,
  CustomerPage,
  Message,
  TimelineEntry,
  WhyEntry,
} from '@/shared/api/types';

export const useCustomers = (params: { filter?: string; search?: string; sort?: string }) =>
  usePages<Customer>(keys.records('customer'), '/records/customer', params);

export const useCustomer = (id: string) =>
  useQuery({ queryKey: keys.customer(id), queryFn: () => api.get<CustomerPage>(`/customers/${id}`) });

export const useTimeline = (id: string) =>
  usePages<TimelineEntry>([...keys.customer(id), 'timeline'], `/customers/${id}/timeline`, { limit: 30 });

export const useMessagesOf = (id: string) =>
  usePages<Message>([...keys.messages, 'customer', id], '/messages', { customer: id, limit: 20 });

export const useWhy = (id: string, date: string) =>
  useQuery({
    queryKey: [...keys.customer(id), 'why', date],
    queryFn: () => api.get<{ date: string; entries: WhyEntry[] }>(`/customers/${id}/why`, { date }),
  });

export function useSaveCustomer(existing?: Customer) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (data: CustomerData) =>
      existing
        ? api.put<Customer>(`/records/customer/${existing.id}`, { data }, existing.version)
        : api.post<Customer>('/records/customer', { data }),
    onSuccess: (saved) => {
      client.invalidateQueries({ queryKey: keys.records('customer') });
      client.invalidateQueries({ queryKey: keys.customer(saved.id) });
    },
  });
}

/** A person at a customer. */
export type Contact = {
  id: string;
  version: number;
  data: {
    name: string;
    role?: string;
    email?: string;
    phone?: string;
    mobile?: string;
    primary?: boolean;
  };
};

/** The contacts of a customer, the primary one first. */
export const useContacts = (customer: string) =>
  useQuery({
    queryKey: [...keys.records('contact'), 'of', customer],
    queryFn: () =>
      api.get<{ items: Contact[] }>('/records/contact', {
        filter: JSON.stringify({ field: 'customer', op: 'eq', value: customer }),
        sort: 'name',
        limit: 100,
      }),
    select: ({ items }) =>
      items.toSorted((a, b) => Number(b.data.primary ?? false) - Number(a.data.primary ?? false)),
    retry: false,
  });
