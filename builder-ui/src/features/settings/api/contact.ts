import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { calendarsKey } from '@/shared/api/calendars';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { CalendarFile, CalendarPreview, CalendarYear } from '../model/calendars';
import type { ContactPreview, ContactRules, ContactSettings, Preset } from '../model/contact';

const rulesKey = ['contact-rules'] as const;

export const useContactRules = () =>
  useQuery({ queryKey: rulesKey, queryFn: () => api.get<ContactSettings>('/contact-rules') });

export const usePresets = () =>
  useQuery({
    queryKey: [...rulesKey, 'presets'],
    queryFn: () => api.get<{ items: Preset[] }>('/contact-rules/presets'),
    select: ({ items }) => items,
    staleTime: Number.POSITIVE_INFINITY,
  });

export function useSaveContactRules() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ rules, version }: { rules: ContactRules; version: number }) =>
      api.put<ContactSettings>('/contact-rules', rules, version),
    onSuccess: (saved) => {
      client.setQueryData(rulesKey, saved);
      for (const queryKey of [['workspace'], keys.session, keys.today, ['customer']])
        client.invalidateQueries({ queryKey });
    },
    // Somebody may have been faster: what they saved is wanted beside what was typed.
    onError: () => client.invalidateQueries({ queryKey: rulesKey, exact: true }),
  });
}

export type Question = { customer: string; channel: string; at?: string; rules?: ContactRules };

export const useContactPreview = (question: Question | undefined) =>
  useQuery({
    queryKey: [...rulesKey, 'preview', question],
    queryFn: () => api.post<ContactPreview>('/contact-rules/preview', question),
    enabled: question !== undefined,
    placeholderData: (previous) => previous,
    retry: false,
    staleTime: 5_000,
  });

export const useCalendarYear = (id: string, year: number, version = 0) =>
  useQuery({
    queryKey: [...calendarsKey, id, year, version],
    queryFn: () => api.get<CalendarYear>(`/calendars/${id}`, { year, version }),
    placeholderData: (previous) => previous,
  });

export const usePreviewCalendar = () =>
  useMutation({ mutationFn: (file: CalendarFile) => api.post<CalendarPreview>('/calendars/preview', file) });

export function useSaveCalendar() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version, file }: { id?: string; version?: number; file: CalendarFile }) =>
      id
        ? api.put<{ id: string }>(`/calendars/${id}`, file, version)
        : api.post<{ id: string }>('/calendars', file),
    onSuccess: () => {
      // The workspace's settings have moved on with it.
      for (const queryKey of [calendarsKey, rulesKey, ['workspace']]) client.invalidateQueries({ queryKey });
    },
  });
}

export function useRestoreCalendar() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version, now }: { id: string; version: number; now: number }) =>
      api.post(`/calendars/${id}/restore`, { version }, now),
    onSuccess: () => {
      for (const queryKey of [calendarsKey, rulesKey, ['workspace']]) client.invalidateQueries({ queryKey });
    },
  });
}

export function useDeleteCalendar() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.delete(`/calendars/${id}`),
    onSuccess: () => {
      for (const queryKey of [calendarsKey, rulesKey, ['workspace']]) client.invalidateQueries({ queryKey });
    },
  });
}
