import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import type { Text } from '@/shared/api/types';

export type ExportHead = {
  flow: string;
  id: string;
  version: string;
  name: Text;
  about: Text;
  publisher: string;
  licence: string;
  keep?: string[];
  noQuestions?: boolean;
};
export type Proposal = { name: string; label: Text; value: unknown; kept: boolean };
export type Exported = {
  /** The package in base64. */
  file: string;
  id: string;
  version: string;
  contents: { kind: 'forms' | 'messages' | 'flows' | 'boards'; key: string; name?: Text; size: number }[];
  /** JSON pointers of what belonged to this company. */
  stripped: string[];
  questions: Proposal[];
  findings: { severity: 'error' | 'warning'; object: string; pointer: string; message: string }[];
};

/** The flow as a pack, made anew with every change of its head; the last one stands meanwhile. */
export const useExported = (head: ExportHead, enabled: boolean) =>
  useQuery({
    queryKey: ['packs', 'export', head],
    queryFn: () => api.post<Exported>('/packs/export', head),
    placeholderData: keepPreviousData,
    enabled,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
