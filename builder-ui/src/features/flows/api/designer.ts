import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api } from '@/shared/api/client';
import type { Problem, Ref, Text } from '@/shared/api/types';
import { Catalog, type FlowTypes } from '../model/catalog';
import type { Field } from '../model/conditions';
import type { Filter, FlowDocument } from '../model/document';
import type { Change, Op, Person } from '../model/draft';
import type { Conflict } from '../model/sync';

export type Live = { version: number; hash: string; at: string; by?: Person };
export type Draft = {
  key: string;
  document: FlowDocument;
  revision: number;
  mine?: boolean;
  private?: boolean;
  base?: number;
  shared?: { revision: number };
  authors?: Person[];
  live?: Live;
  changed?: string[];
};
export type News = { revision: number; changed?: Change[]; reset?: boolean; document?: FlowDocument };
export type ConflictProblem = Problem & { conflicts?: Conflict[]; revision?: number; changed?: Change[] };
export type Issue = {
  severity: 'error' | 'warning';
  key: string;
  pointer: string;
  node?: string;
  message: string;
};
export type Inspection = {
  issues: Issue[];
  nodes: Record<string, { ports: string[]; optional?: string[]; sentence: Text }>;
  stops?: Record<string, Text>;
  /** The steps as a run meets them. */
  order: string[];
};

const long = 300_000;
const path = (key: string, mine: boolean, rest = '') =>
  `/flows/${encodeURIComponent(key)}/draft${rest}${mine ? '?mine=true' : ''}`;

/** Apart from the flows' list: news of a run must not read the draft anew under somebody's hands. */
export const draftKey = (key: string, mine: boolean) => ['flow-draft', key, mine] as const;
export const readDraft = (key: string, mine: boolean) =>
  api.get<Draft>(`/flows/${encodeURIComponent(key)}/draft`, { mine });
export const readNews = (key: string, mine: boolean, after: number) =>
  api.get<News>(`/flows/${encodeURIComponent(key)}/draft`, { mine, after });
export const patchDraft = (key: string, mine: boolean, base: number, ops: Op[]) =>
  api.patch<{ revision: number; changed?: Change[] }>(path(key, mine), { base, ops });
export const makePrivate = (key: string) => api.post<Draft>(path(key, false, '/private'));
export const dropPrivate = (key: string) => api.delete(path(key, false, '/private'));
export type Take = Record<string, 'mine' | 'theirs'>;
export const rebasePrivate = (key: string, take?: Take) =>
  api.post<Draft>(path(key, false, '/rebase'), { take });
export const sharePrivate = (key: string, take?: Take) =>
  api.post<unknown>(path(key, false, '/share'), { take });
export const inspect = (document: FlowDocument) => api.post<Inspection>('/flows/inspect', { document });

export function useFlowTypes() {
  const query = useQuery({
    queryKey: ['flow-types'],
    queryFn: () => api.get<FlowTypes>('/flow-types'),
    staleTime: long,
  });
  const catalog = useMemo(() => new Catalog(query.data?.types ?? []), [query.data]);
  return { ...query, catalog, events: query.data?.events ?? [] };
}

/** An owner is a user, also where the form calls the field plain text. */
const withOwners = ({ items }: { items: Field[] }): Field[] =>
  items.map((field) => (!field.ref && field.path.endsWith('.owner') ? { ...field, ref: 'user' } : field));

export const useFields = (form: string) =>
  useQuery({
    queryKey: ['fields', form],
    queryFn: () => api.get<{ items: Field[] }>('/fields', { form }),
    select: withOwners,
    staleTime: long,
  });

export type Matches = { count: number; sample: { id: string; label: string }[]; sentence?: Text };
export const useMatches = (form: string, filter: Filter | undefined, enabled: boolean) =>
  useQuery({
    queryKey: ['matches', form, filter ?? null],
    queryFn: () => api.post<Matches>('/filters/preview', { form, filter: filter ?? {} }),
    placeholderData: (previous) => previous,
    retry: false,
    enabled,
  });

type Named = { key: string; name?: Text | string };
const useNamed = (what: string) =>
  useQuery({
    queryKey: [what],
    queryFn: () => api.get<{ items: Named[] }>(`/${what}`),
    select: ({ items }) => items,
    staleTime: long,
    retry: false,
  });
export const useTemplates = () => useNamed('templates');
export const useChannels = () => useNamed('channels');
export const useRoles = () => useNamed('roles');
export const useUsers = () =>
  useQuery({
    queryKey: ['names'],
    queryFn: () => api.get<{ items: Ref[] }>('/users/names'),
    select: ({ items }) => items,
    staleTime: long,
  });
