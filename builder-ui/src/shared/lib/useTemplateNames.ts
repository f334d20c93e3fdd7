import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '../api/client';
import type { Text } from '../api/types';
import { useFormat } from './useFormat';

type Template = { key: string; name?: Text };

const useTemplates = () =>
  useQuery({
    queryKey: ['templates'],
    queryFn: () => api.get<{ items: Template[] }>('/templates'),
    select: ({ items }) => items,
    staleTime: 300_000,
    retry: false,
  });

/** Template keys with their names in the reader's language. */
export function useTemplateNames(): ReadonlyMap<string, string> {
  const format = useFormat();
  const templates = useTemplates();
  return useMemo(
    () => new Map((templates.data ?? []).map(({ key, name }) => [key, format.text(name) || key])),
    [templates.data, format],
  );
}
