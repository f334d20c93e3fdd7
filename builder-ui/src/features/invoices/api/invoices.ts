import { keys, usePages } from '@/shared/api/query';
import type { Invoice } from '@/shared/api/types';

export const useInvoices = (params: { filter?: string; search?: string; sort?: string }) =>
  usePages<Invoice>(keys.records('invoice'), '/records/invoice', params);
