import type { BucketKey } from '@/shared/api/types';
import { allOf, bucketFilter, bucketKeys, type Condition } from '@/shared/lib/ageing';

export type InvoiceFilters = { status?: string; bucket?: string; currency?: string };

/** "unpaid" is what people mean by open: not paid at all, or in part. */
export function invoiceFilter({ status, bucket, currency }: InvoiceFilters): string | undefined {
  const conditions: Condition[] = [];
  const aged = bucketKeys.includes(bucket as BucketKey);
  if (status && status !== 'unpaid') conditions.push({ field: 'status', op: 'eq', value: status });
  // Only unpaid invoices age, so a bucket without a status means unpaid ones.
  if (status === 'unpaid' || (aged && !status)) conditions.push({ field: 'open', op: 'gt', value: 0 });
  if (aged) conditions.push(...bucketFilter(bucket as BucketKey));
  if (currency) conditions.push({ field: 'currency', op: 'eq', value: currency });
  return allOf(conditions);
}
