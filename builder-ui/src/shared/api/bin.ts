import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api } from './client';
import { keys } from './query';
import type { FormRecord } from './records';

/** A record to delete, or a deleted one to bring back. */
type Named = Pick<FormRecord, 'id' | 'version'>;

/** Moves a record to the bin; one that somebody changed meanwhile stays. */
export function useDelete(form: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Named) => api.delete(`/records/${form}/${id}`, version),
    // Not what is known of a customer: its page may still be there, and would ask for what is gone.
    onSuccess: () => client.invalidateQueries({ queryKey: keys.records(form) }),
  });
}

export function useRestore(form: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => api.post<FormRecord>(`/bin/${form}/${id}/restore`),
    onSettled: () => {
      for (const queryKey of [keys.records(form), ['customer'], keys.today])
        client.invalidateQueries({ queryKey });
    },
  });
}
