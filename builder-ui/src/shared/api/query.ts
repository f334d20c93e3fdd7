import {
  MutationCache,
  QueryCache,
  QueryClient,
  type QueryKey,
  useInfiniteQuery,
} from '@tanstack/react-query';
import { ApiError, api } from './client';

const sessionOver = /^(session|auth\.session$)/;

/** A session that ended elsewhere leads back to sign-in, wherever it is noticed; a wrong password or code does not. */
function noticeSignedOut(error: unknown) {
  if (error instanceof ApiError && error.status === 401 && sessionOver.test(error.problem.key ?? ''))
    queryClient.setQueryData(keys.session, null);
}

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeSignedOut }),
  mutationCache: new MutationCache({ onError: noticeSignedOut }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      refetchOnWindowFocus: false,
      retry: (count, error) =>
        count < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});

type Params = Record<string, string | number | boolean | undefined>;

/** A list read page by page; `rows` is everything loaded so far. */
export function usePages<T>(key: QueryKey, path: string, params: Params = {}, enabled = true) {
  const query = useInfiniteQuery({
    queryKey: [...key, params],
    queryFn: ({ pageParam, signal }) => api.page<T>(path, params, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    placeholderData: (previous) => previous,
    enabled,
  });
  return { ...query, rows: query.data?.pages.flatMap((page) => page.items ?? []) ?? [] };
}

/** One place that names every cache entry, so that mutations and live events invalidate by the same keys. */
export const keys = {
  setup: ['setup'] as const,
  session: ['session'] as const,
  clock: ['clock'] as const,
  today: ['today'] as const,
  /** Forms as they are published, by key. */
  form: ['form'] as const,
  records: (form: string) => ['records', form] as const,
  customer: (id: string) => ['customer', id] as const,
  runs: ['runs'] as const,
  flows: ['flows'] as const,
  messages: ['messages'] as const,
  tasks: ['tasks'] as const,
  batch: (id: string) => ['batch', id] as const,
  names: ['names'] as const,
  boards: ['boards'] as const,
  notices: ['notices'] as const,
};
