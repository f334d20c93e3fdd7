import type { BucketKey, InvoiceStatus } from '../api/types';

export const bucketKeys: BucketKey[] = ['current', '1-30', '31-60', '61-90', '90+'];

/** The ageing bucket of a number of days past due; the due date itself is still current. */
export function bucketOf(dpd: number): BucketKey {
  if (dpd <= 0) return 'current';
  if (dpd <= 30) return '1-30';
  if (dpd <= 60) return '31-60';
  if (dpd <= 90) return '61-90';
  return '90+';
}

/** The step of the colour ramp; 61 days and more share the strongest. */
export const rampOf = (key: BucketKey) =>
  ({ current: 'ramp0', '1-30': 'ramp1', '31-60': 'ramp2', '61-90': 'ramp3', '90+': 'ramp3' })[key];

/** A filter on `dpd` for the chosen bucket, in the server's filter language. */
export function bucketFilter(key: BucketKey): Condition[] {
  const between: Record<BucketKey, [number | undefined, number | undefined]> = {
    current: [undefined, 0],
    '1-30': [1, 30],
    '31-60': [31, 60],
    '61-90': [61, 90],
    '90+': [91, undefined],
  };
  const [low, high] = between[key];
  const list: Condition[] = [];
  if (low !== undefined) list.push({ field: 'dpd', op: 'gte', value: low });
  if (high !== undefined) list.push({ field: 'dpd', op: 'lte', value: high });
  return list;
}

export type Condition = { field: string; op: string; value: unknown };

/** The conditions joined as the API wants them; undefined when there is none. */
export function allOf(conditions: Condition[]): string | undefined {
  if (conditions.length === 0) return undefined;
  return JSON.stringify(conditions.length === 1 ? conditions[0] : { all: conditions });
}

export const isOpen = (status: InvoiceStatus) => status === 'open' || status === 'partPaid';
