import { useQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys, usePages } from '@/shared/api/query';
import type { CustomerPage, Message } from '@/shared/api/types';

export const useMessages = (params: { status?: string; channel?: string }) =>
  usePages<Message>(keys.messages, '/messages', params);

export const useMessage = (id: string | undefined, known?: Message) =>
  useQuery({
    queryKey: [...keys.messages, 'one', id],
    queryFn: () => api.get<Message>(`/messages/${id}`),
    enabled: id !== undefined,
    placeholderData: known,
  });

/** What the customer owes now, beside what the message said then. */
export const useOwed = (customer: string) =>
  useQuery({
    queryKey: keys.customer(customer),
    queryFn: () => api.get<CustomerPage>(`/customers/${customer}`),
  });
