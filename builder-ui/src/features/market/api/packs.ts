import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Scope } from '@/shared/access/roles';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Text } from '@/shared/api/types';
import type { Conflict, PlanBody, PlanObject } from '../model/plan';
import type { QuestionSchema } from '../model/questions';

export type { Conflict, PlanBody, PlanObject };

export type PackCard = {
  id: string;
  version: string;
  name: Text;
  about?: Text;
  trade?: Text;
  tags?: string[] | null;
  channels?: string[] | null;
  messages: number;
  flows: number;
  publisher: string;
  /** The version that is installed here; empty when none is. */
  installed?: string;
  source: 'builtin' | 'catalog' | 'file';
  /** The hash by which a package of a catalogue is asked for. */
  file?: string;
  catalog?: string;
};
export type CatalogSource = {
  id: string;
  at: string;
  name?: Text | null;
  state: 'trusted' | 'unknown' | 'unsigned';
  got?: string;
  problem?: string;
  count: number;
  /** Packages that are another than the index says: named, and not offered. */
  wrong?: { id: string; version: string; name?: Text; file: string; problem: string }[];
};
export type Catalog = { items: PackCard[]; sources: CatalogSource[] };
export type PackField = { path: string; type: string; label?: Text; why?: Text };
export type PackMessage = {
  key: string;
  name?: Text;
  tone: number;
  kind?: string;
  variant: Record<string, { subject?: string; text?: string }>;
};
export type PackFlow = { key: string; name?: Text; about?: Text; sentences?: Record<string, string[]> };
export type PackDetail = Omit<PackCard, 'messages' | 'flows'> & {
  licence?: string;
  params?: QuestionSchema | null;
  fields?: PackField[] | null;
  changes?: { version: string; text?: Text }[] | null;
  flows?: PackFlow[] | null;
  messages?: PackMessage[] | null;
};

export type Moment = {
  at: string;
  /** The day of it, where the sample's company is. */
  on: string;
  kind: 'message' | 'task' | 'payment' | 'promise' | 'dispute';
  channel?: string;
  title?: Text | null;
  subject?: string;
  text?: string;
  amount?: number;
  currency?: string;
};
export type TrialAccount = {
  id: string;
  name: string;
  tier: string;
  about: string;
  invoices: { number: string; due: string; open: number; currency: string }[];
  moments: Moment[];
};
/** What a pack would do with its sample data from today on. */
export type Trial = { language: string; from: string; to: string; accounts: TrialAccount[] };
/** The sample records that are in the workspace. */
export type Planted = {
  customers: { id: string; name: string }[];
  invoices: number;
  at: string;
  by?: { id: string; name: string };
};

export type Need = {
  kind: 'product' | 'node' | 'channel' | 'pack';
  what: string;
  ok: boolean;
  blocking: boolean;
};
export type PlanField = PackField & {
  status: 'there' | 'add' | 'mapped' | 'skip' | 'missing';
  to?: string;
  choices?: { path: string; label?: Text | string }[] | null;
};
export type Reach = {
  flow: string;
  /** What a run of the flow is about: invoices are counted, and the customers behind them, each once. */
  form: string;
  count: number;
  customers: number;
  atLeast?: boolean;
  /** It cannot be told beforehand: the flow asks for fields that are not there yet. */
  unknown?: boolean;
  /** What the flow begins with, where it concerns nobody until that happens. */
  starts?: Text | null;
  channels?: Record<string, number> | null;
  /** Customers without an address on any channel of the flow. */
  nobody: number;
  sample?: { id: string; label: string }[] | null;
};
export type Rule = { role: string; object: string; action: string; scope: Scope; effect: 'allow' | 'deny' };
export type RoleRights = { role: string; granted: boolean; adds?: Rule[] | null; takes?: Rule[] | null };
export type Plan = {
  hash: string;
  id: string;
  version: string;
  installed?: string;
  action: 'install' | 'upgrade' | 'same' | 'older' | 'rollback';
  name?: Text;
  signed: boolean;
  trusted: boolean;
  /** The publisher's key, where there is one. */
  key?: string;
  /** How people compare that key. */
  fingerprint?: string;
  publisher?: string;
  needs?: Need[] | null;
  fields?: PlanField[] | null;
  params?: QuestionSchema | null;
  answers?: Record<string, unknown> | null;
  objects?: PlanObject[] | null;
  reach?: Reach[] | null;
  problems?: { pointer: string; rule?: string; message: string }[] | null;
  skipped?: string[] | null;
  /** What granting each role that the pack proposes would change. */
  rights?: RoleRights[] | null;
};
export type Made = { kind: PlanObject['kind']; key: string; as: string };
export type Applied = { id: string; version: string; objects?: Made[] | null };
export type Installed = {
  id: string;
  version: string;
  name?: Text;
  at: string;
  by?: { id: string; name: string };
  state: string;
  objects?: Made[] | null;
  /** The hash of the package that it came from; none for one that ships. */
  file?: string;
  latest?: string;
  latestFile?: string;
  canRollBack?: boolean;
};
export type Removal = {
  kind: PlanObject['kind'];
  as: string;
  name?: Text;
  action: 'remove' | 'keep' | 'stop';
  reason?: string;
};
export type Kept = { file: string; id: string; version: string; name?: Text };

const packs = ['packs'] as const;
const at = (id: string) => `/packs/${encodeURIComponent(id)}`;

export const useCatalog = () =>
  useQuery({
    queryKey: [...packs, 'catalog'],
    queryFn: () => api.get<Catalog>('/packs/catalog'),
  });

export const usePack = (id: string, file: string | undefined, enabled: boolean) =>
  useQuery({
    queryKey: [...packs, 'catalog', id, file],
    queryFn: () => api.get<PackDetail>(`/packs/catalog/${encodeURIComponent(id)}`, { file }),
    enabled,
  });

export const useTrial = (id: string, file: string | undefined, language: string) =>
  useQuery({
    queryKey: [...packs, 'trial', id, file, language],
    queryFn: () =>
      api.get<{ trial?: Trial; there?: Planted }>(`/packs/catalog/${encodeURIComponent(id)}/trial`, {
        file,
        language,
      }),
    placeholderData: keepPreviousData,
  });

/** Sample records come or go: every list may hold them. */
function useSamples<V>(mutationFn: (values: V) => Promise<unknown>) {
  const client = useQueryClient();
  return useMutation({ mutationFn, onSuccess: () => client.invalidateQueries() });
}

export const useAddSamples = (id: string) =>
  useSamples((language: string) => api.post(`${at(id)}/samples`, { language }));

export const useRemoveSamples = (id: string) => useSamples(() => api.delete(`${at(id)}/samples`));

export const useInstalled = () =>
  useQuery({
    queryKey: [...packs, 'installed'],
    queryFn: () => api.get<{ items: Installed[] }>('/packs'),
    select: ({ items }) => items ?? [],
  });

/** What an install would do now; the last answer stands until the next one is there. */
export const usePlan = (body: PlanBody) =>
  useQuery({
    queryKey: [...packs, 'plan', body],
    queryFn: () => api.post<Plan>('/packs/plan', body),
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });

/** Packs bring flows, messages, forms and boards: everything that lists them is read again. */
function useChange<V, R>(mutationFn: (values: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => {
      const stale = [
        [...packs, 'catalog'],
        [...packs, 'installed'],
        filesKey,
        keys.flows,
        keys.messages,
        keys.boards,
      ];
      for (const queryKey of [...stale, ['templates'], ['forms']]) client.invalidateQueries({ queryKey });
    },
  });
}

export const useApply = () =>
  useChange((body: PlanBody & { hash: string }) => api.post<Applied>('/packs/apply', body));

export const useUninstall = () =>
  useChange(({ id, stop }: { id: string; stop: boolean }) =>
    api.post<{ objects?: Removal[] | null }>(`${at(id)}/uninstall`, { dry: false, stop }),
  );

/** What taking a pack out would do; asked anew each time. */
export const useRemoval = (id: string, stop: boolean) =>
  useQuery({
    queryKey: [...packs, 'removal', id, stop],
    queryFn: () => api.post<{ objects?: Removal[] | null }>(`${at(id)}/uninstall`, { dry: true, stop }),
    select: ({ objects }) => objects ?? [],
    placeholderData: keepPreviousData,
    staleTime: 0,
    gcTime: 0,
  });

export type PackFile = {
  hash: string;
  id: string;
  version: string;
  name?: Text;
  publisher: string;
  size: number;
  at: string;
  by?: { id: string; name: string };
  /** An installed pack came from it, or can be gone back to it. */
  used: boolean;
};

const filesKey = [...packs, 'files'];

export const useFiles = () =>
  useQuery({
    queryKey: filesKey,
    queryFn: () => api.get<{ items: PackFile[] }>('/packs/files'),
    select: ({ items }) => items ?? [],
  });

export function useDropFile() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (hash: string) => api.delete(`/packs/files/${hash}`),
    onSettled: () => client.invalidateQueries({ queryKey: filesKey }),
  });
}

export const useKeepFile = () =>
  useMutation({ mutationFn: (file: string) => api.post<Kept>('/packs/files', { file }) });
