import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys, usePages } from '@/shared/api/query';
import { useAccountChanged } from '@/shared/api/records';
import type { Customer, CustomerPage, TimelineEntry } from '@/shared/api/types';

export const useAccount = (id: string) =>
  useQuery({ queryKey: keys.customer(id), queryFn: () => api.get<CustomerPage>(`/customers/${id}`) });

export const useTimeline = (id: string) =>
  usePages<TimelineEntry>([...keys.customer(id), 'timeline'], `/customers/${id}/timeline`, { limit: 30 });

export function useAddNote(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (note: { text: string; mentions?: string[]; files?: string[] }) =>
      api.post(`/customers/${id}/notes`, note),
    onSuccess: () => client.invalidateQueries({ queryKey: [...keys.customer(id), 'timeline'] }),
  });
}

export function useGiveTask(id: string) {
  const changed = useAccountChanged();
  return useMutation({
    mutationFn: ({ title, ...task }: { title: string; assignee?: string; role?: string; due?: string }) =>
      api.post('/tasks', { ...task, customer: id, title: { en: title, 'zh-CN': title } }),
    onSuccess: () => changed(id),
  });
}

/** Reads the record as it is now and changes its owner only. */
export async function assignOwner(id: string, owner: string) {
  const { data, version } = await api.get<Customer>(`/records/customer/${id}`);
  return api.put<Customer>(`/records/customer/${id}`, { data: { ...data, owner } }, version);
}
