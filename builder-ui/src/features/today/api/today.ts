import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Message, Task, Today } from '@/shared/api/types';

export const useTodayPage = () =>
  useQuery({
    queryKey: keys.today,
    queryFn: () => api.get<Today>('/today'),
    placeholderData: (previous) => previous,
  });

export function useCompleteTask() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; result?: string; note?: string; invoices?: string[] }) =>
      api.post<Task>(`/tasks/${id}/complete`, body),
    onSettled: () => {
      client.invalidateQueries({ queryKey: keys.today });
      client.invalidateQueries({ queryKey: keys.tasks });
    },
  });
}

export function useResolveMessage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, as }: { id: string; as: 'sent' | 'failed' }) =>
      api.post<Message>(`/messages/${id}/resolve`, { as }),
    onSettled: () => {
      client.invalidateQueries({ queryKey: keys.today });
      client.invalidateQueries({ queryKey: keys.messages });
    },
  });
}

/** Which channels are set up, under the key that the designer reads them by. */
export const useChannelStates = (enabled: boolean) =>
  useQuery({
    queryKey: ['channels'],
    queryFn: () => api.get<{ items: { key: string; configured: boolean }[] }>('/channels'),
    select: ({ items }) => items,
    enabled,
  });
