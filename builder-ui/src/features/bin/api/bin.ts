import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys, usePages } from '@/shared/api/query';
import type { FormRecord } from '@/shared/api/records';

/** A deleted record; the title is not there where the reader may not see it. */
export type Binned = FormRecord & { title?: string; deletedAt: string; deletedBy?: string; until: string };

const key = (form: string) => [...keys.records(form), 'bin'] as const;

export const useBin = (form: string) => usePages<Binned>(key(form), `/bin/${form}`);

export function useRemove(form: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.delete(`/bin/${form}/${id}`),
    onSettled: () => client.invalidateQueries({ queryKey: key(form) }),
  });
}
