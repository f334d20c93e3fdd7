import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { ApiError } from '@/shared/api/client';
import { inspect, readDraft } from '../api/designer';
import { useFlows, useVersion } from '../api/flows';
import type { Catalog } from '../model/catalog';
import type { FlowDocument } from '../model/document';
import { toUnits } from '../model/draft';
import { type Graph, graphOf } from '../model/graph';
import { type Layout, layout } from '../model/layout';

export type Which = 'draft' | 'mine' | 'live';

/** The drafts and versions of a flow that can be rehearsed. */
export function useDocuments(key: string): {
  documents: Partial<Record<Which, FlowDocument>>;
  error: unknown;
  ready: boolean;
  again: () => void;
} {
  const flows = useFlows();
  const hash = flows.data?.find((flow) => flow.key === key)?.hash;
  const draft = useQuery({
    queryKey: ['flow-document', key, false],
    queryFn: () => readDraft(key, false),
    staleTime: 0,
  });
  const mine = useQuery({
    queryKey: ['flow-document', key, true],
    queryFn: () =>
      readDraft(key, true).catch((error: unknown) => {
        // Given up in another tab a moment ago: that is no mistake.
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      }),
    enabled: draft.data?.private === true, // most people have none
    retry: false,
    staleTime: 0,
  });
  const live = useVersion(key, hash || undefined);
  return {
    ready: draft.data !== undefined,
    error: draft.error,
    again: () => void draft.refetch(),
    documents: {
      draft: draft.data?.document,
      mine: mine.data?.document,
      live: live.data?.document,
    },
  };
}

export type Picture = { graph: Graph; layout: Layout };

/** A document as a picture, for pages that only show it. */
export function usePicture(document: FlowDocument | undefined, catalog: Catalog): Picture | undefined {
  return useMemo(() => {
    if (!document) return undefined;
    const graph = graphOf(toUnits(document), catalog);
    return { graph, layout: layout(graph) };
  }, [document, catalog]);
}

/** The server's sentences for a document that is not being edited. */
export const useInspection = (document: FlowDocument | undefined) =>
  useQuery({
    queryKey: ['flow-inspection', document],
    queryFn: () => inspect(document as FlowDocument),
    enabled: document !== undefined,
    staleTime: 60_000,
  });
