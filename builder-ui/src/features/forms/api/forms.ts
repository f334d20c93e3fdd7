import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys, usePages } from '@/shared/api/query';
import type { FormRecord } from '@/shared/api/records';
import type { FormDoc, Step } from '@/shared/form/types';

/** A form as the server keeps it: what is published, and the draft beside it. */
export type FormEntry = FormDoc & {
  revision: number;
  builtin: boolean;
  draft?: FormDoc;
  version: number;
  migration?: string;
};
export type FieldProblem = { pointer: string; rule: string; limit?: unknown; message: string };
export type Failing = { id: string; title?: string; errors: FieldProblem[] };
export type CheckPage = {
  checked: number;
  failed: number;
  changed: number;
  cleared: number;
  total: number;
  failing: Failing[];
  next?: string;
};
export type Migration = {
  id: string;
  form: string;
  status: 'running' | 'done';
  done: number;
  changed: number;
  failed: number;
  total: number;
  failures: Failing[];
};
export type Revision = FormDoc & {
  revision: number;
  at?: string;
  by?: string;
  byName?: string;
  steps?: Step[];
};
const formsKey = ['forms'] as const;
const formKey = (key: string) => ['form', key] as const;

export const useForms = () =>
  useQuery({
    queryKey: formsKey,
    queryFn: () => api.get<{ items: FormEntry[] }>('/forms'),
    select: ({ items }) => items,
  });

export const useForm = (key: string) =>
  useQuery({
    queryKey: formKey(key),
    queryFn: () => readForm(key),
    enabled: key !== '',
  });

export const readForm = (key: string) => api.get<FormEntry>(`/forms/${key}`);

export const saveDraft = ({ key, ...body }: FormDoc, version: number) =>
  api.put<FormEntry>(`/forms/${key}`, { ...body, layout: body.layout ?? {} }, version);

export function useStaleForms() {
  const client = useQueryClient();
  return (entry?: FormEntry) => {
    if (entry) client.setQueryData(formKey(entry.key), entry);
    client.invalidateQueries({ queryKey: formsKey });
    client.invalidateQueries({ queryKey: keys.form });
  };
}

export function usePublish() {
  const stale = useStaleForms();
  return useMutation({
    mutationFn: ({ key, version }: { key: string; version: number }) =>
      api.post<FormEntry>(`/forms/${key}/publish`, undefined, version),
    onSuccess: (entry) => stale(entry),
  });
}

export function useDiscard() {
  const client = useQueryClient();
  const stale = useStaleForms();
  return useMutation({
    mutationFn: ({ key, version }: { key: string; version: number }) =>
      api.post<FormEntry>(`/forms/${key}/discard`, undefined, version),
    onSuccess: (_, { key }) => {
      client.removeQueries({ queryKey: formKey(key) });
      stale();
    },
  });
}

export const checkPage = (key: string, cursor?: string) =>
  api.post<CheckPage>(`/forms/${key}/check`, { cursor: cursor ?? '', limit: 200 });

export const useMigration = (id?: string) =>
  useQuery({
    queryKey: ['migration', id],
    queryFn: () => api.get<Migration>(`/migrations/${id}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.status === 'done' ? false : 700),
  });

export const useRevisions = (key: string, enabled: boolean) =>
  useQuery({
    queryKey: [...formKey(key), 'revisions'],
    queryFn: () => api.get<{ items: Revision[] }>(`/forms/${key}/revisions`),
    select: ({ items }) => items,
    enabled,
  });

export const importSchema = (key: string, schema: unknown) =>
  api.post<{ form: FormDoc; notes: FieldProblem[] }>('/forms/import', { key, schema });

export const useRecords = (form: string, search: string) =>
  usePages<FormRecord>([...keys.records(form), 'all'], `/records/${form}`, { search });
