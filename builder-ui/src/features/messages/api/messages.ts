import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Customer, Lang, Page, Ref, Text } from '@/shared/api/types';

export type Body = { subject: string; text: string; html?: string };
export type TemplateDoc = {
  key: string;
  name: Partial<Text>;
  tone: number;
  /** "" is a letter, "sms" a short message. */
  kind?: string;
  variant: Partial<Record<Lang, Body>>;
};
/** A template as it was saved; without a document it was deleted, or went back to how it ships. */
export type TemplateRevision = { seq: number; at: string; by?: string; document?: TemplateDoc };
export type Template = TemplateDoc & { version: number; shipped?: boolean };
export type TemplateDetail = Template & { usedBy: { key: string; name?: Partial<Text>; live: boolean }[] };
export type Variable = {
  path: string;
  group: 'message' | 'customer' | 'item';
  label?: Partial<Text>;
  type: string;
  optional?: boolean;
};
export type Finding = {
  pointer: string;
  rule: string;
  message: string;
  offset: number;
  blocking: boolean;
};
export type Preview = {
  message?: { language: Lang; subject: string; text: string; html: string };
  customer: Ref;
  items: number;
  sample: boolean;
  sms?: { encoding: string; units: number; parts: number; perPart: number; left: number };
  findings: Finding[];
};
export type Answer = {
  key: string;
  topic: string;
  tone: number;
  question: Partial<Text>;
  answer: Partial<Text>;
  version: number;
  shipped?: boolean;
  deleted?: boolean;
};
export type Words = Record<Lang, string[]>;
export type Wording = { words: Words; shipped: Words; version: number };
export type SentTest = {
  id: string;
  at: string;
  template: string;
  channel: string;
  to: string;
  status: 'sent' | 'failed' | 'unknown';
  reason?: string;
  message: { language: Lang; subject: string; text: string };
};

const templatesKey = ['templates'] as const;
const templateKey = (key: string) => ['template', key] as const;
const answersKey = ['answers'] as const;
const wordingKey = ['wording'] as const;
const testsKey = ['template-tests'] as const;

export const useTemplates = () =>
  useQuery({
    queryKey: [...templatesKey, 'all'],
    queryFn: () => api.get<{ items: Template[] }>('/templates'),
    select: ({ items }) => items,
  });

export const useTemplate = (key: string) =>
  useQuery({
    queryKey: templateKey(key),
    queryFn: () => api.get<TemplateDetail>(`/templates/${key}`),
    staleTime: 0,
  });

export function useTemplateHistory(key: string) {
  const { data, error, refetch } = useQuery({
    queryKey: [...templateKey(key), 'history'],
    queryFn: () => api.get<{ items: TemplateRevision[]; next?: string }>(`/templates/${key}/history`),
    staleTime: 0,
  });
  return { data: data?.items, more: Boolean(data?.next), error, refetch };
}

export const useVariables = () =>
  useQuery({
    queryKey: ['template-variables'],
    queryFn: () => api.get<{ items: Variable[] }>('/template-variables'),
    select: ({ items }) => items,
    staleTime: 60_000,
  });

export const usePreview = (doc: TemplateDoc, customer: string, language: Lang) =>
  useQuery({
    queryKey: ['template-preview', doc, customer, language],
    queryFn: () => api.post<Preview>('/template-preview', previewBody(doc, customer, language)),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 30_000,
  });

const previewBody = ({ key, ...document }: TemplateDoc, customer: string, language: Lang) => ({
  key,
  document,
  customer,
  language,
});

export const useCustomerChoices = (search: string) =>
  useQuery({
    queryKey: [...keys.records('customer'), 'picker', search],
    queryFn: ({ signal }) =>
      api.get<Page<Customer>>('/records/customer', { search, limit: 20, sort: 'name' }, signal),
    select: ({ items }) => items.map(({ id, data }) => ({ value: id, label: data.name })),
    placeholderData: keepPreviousData,
  });

export const saveTemplate = ({ key, ...document }: TemplateDoc, version: number) =>
  api.put<Template>(`/templates/${key}`, document, version);

export function useSaveTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ doc, version }: { doc: TemplateDoc; version: number }) => saveTemplate(doc, version),
    onSuccess: (_, { doc }) => {
      client.invalidateQueries({ queryKey: templatesKey });
      return client.invalidateQueries({ queryKey: templateKey(doc.key) });
    },
  });
}

export function useDeleteTemplate() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, version }: { key: string; version: number }) =>
      api.delete(`/templates/${key}`, version),
    onSuccess: (_, { key }) => {
      client.removeQueries({ queryKey: templateKey(key) });
      return client.invalidateQueries({ queryKey: templatesKey });
    },
  });
}

export function useSendTest() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ doc, customer, language }: { doc: TemplateDoc; customer: string; language: Lang }) =>
      api.post<SentTest>('/template-tests', previewBody(doc, customer, language)),
    onSuccess: () => client.invalidateQueries({ queryKey: testsKey }),
  });
}

export const useTests = () =>
  useQuery({
    queryKey: testsKey,
    queryFn: () => api.get<{ items: SentTest[] }>('/template-tests'),
    select: ({ items }) => items,
  });

export const useWording = () =>
  useQuery({ queryKey: wordingKey, queryFn: () => api.get<Wording>('/wording') });

export function useSaveWording() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ words, version }: { words: Words; version: number }) =>
      api.put<Wording>('/wording', { words }, version),
    onSuccess: (saved) => {
      client.setQueryData(wordingKey, saved);
      client.invalidateQueries({ queryKey: ['template-preview'] });
    },
  });
}

export const useAnswers = () =>
  useQuery({
    queryKey: answersKey,
    queryFn: () => api.get<{ items: Answer[] }>('/answers'),
    select: ({ items }) => items,
  });

export function useSaveAnswer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, version, shipped: _, ...body }: Answer) =>
      api.put<Answer>(`/answers/${key}`, body, version),
    onSuccess: () => client.invalidateQueries({ queryKey: answersKey }),
  });
}

export function useRestoreAnswer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, version }: Answer) => api.delete(`/answers/${key}`, version),
    onSuccess: () => client.invalidateQueries({ queryKey: answersKey }),
  });
}
