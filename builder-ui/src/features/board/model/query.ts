import type { Condition } from '@/shared/lib/ageing';
import { addDays } from '@/shared/lib/date';
import type { Card, ColumnKey, Lanes, Move } from './types';

export const columnKeys: ColumnKey[] = ['current', 'followUp', 'promised', 'disputed', 'onHold', 'escalated'];
export const laneKeys: Lanes[] = ['owner', 'tier', 'region'];
export const tiers = ['A', 'B', 'C'] as const;
export const overdueSteps = ['1', '31', '61', '91'] as const;

export type Filters = { tier?: string; owner?: string; region?: string; overdue?: string };

export function conditionsOf({ tier, owner, region, overdue }: Filters, today: string): Condition[] {
  const list: Condition[] = [];
  if (tier) list.push({ field: 'tier', op: 'eq', value: tier });
  if (owner) list.push({ field: 'owner', op: 'eq', value: owner });
  if (region) list.push({ field: 'region', op: 'eq', value: region });
  if (overdue) list.push({ field: 'oldestDue', op: 'lte', value: addDays(today, -Number(overdue)) });
  return list;
}

/** The customers of one lane; "-" are those without a value. */
export function laneCondition(field: Lanes, lane: string): unknown {
  if (lane === '-') return { not: { field, op: 'exists' } };
  return { field, op: 'eq', value: lane };
}

export function joined(parts: unknown[]): string | undefined {
  if (parts.length === 0) return undefined;
  return JSON.stringify(parts.length === 1 ? parts[0] : { all: parts });
}

/** What a saved filter says, as far as the pickers know its fields. */
export function filtersIn(filter: unknown): Filters {
  const found: Filters = {};
  const read = (part: unknown) => {
    const { all, field, op, value } = (part ?? {}) as {
      all?: unknown[];
      field?: string;
      op?: string;
      value?: unknown;
    };
    if (all) all.forEach(read);
    if (op === 'eq' && typeof value === 'string' && ['tier', 'owner', 'region'].includes(field ?? ''))
      found[field as 'tier' | 'owner' | 'region'] = value;
  };
  read(filter);
  return found;
}

/** Nothing can be moved into a column that follows from dates. */
export const isClosed = (column: ColumnKey) => column === 'current';

/** Moves that need to be told more than the column. */
export const needsForm = (to: ColumnKey) => to !== 'followUp' && to !== 'current';

export const moveOf = (card: Card, to: ColumnKey, more: Partial<Move> = {}): Move => ({
  customer: card.id,
  from: card.column,
  to,
  ...more,
});
