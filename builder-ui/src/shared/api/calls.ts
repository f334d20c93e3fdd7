import { useQuery } from '@tanstack/react-query';
import { api } from './client';
import type { Reason } from './types';

/** How a call by hand stands to the contact rules now: what speaks against it, and whether it needs a reason. */
export type CallNow = { why?: Reason; reasonNeeded: boolean };

export const useCallNow = (customer: string, enabled = true) =>
  useQuery({
    queryKey: ['customer', customer, 'call-now'],
    queryFn: () => api.post<{ call?: CallNow }>('/contact-rules/preview', { customer, channel: 'call' }),
    select: ({ call }) => call,
    enabled,
    retry: false,
    staleTime: 30_000,
  });
