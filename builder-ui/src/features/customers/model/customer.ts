import type { AccountItem, Balance, CustomerData } from '@/shared/api/types';
import { allOf, type Condition, isOpen } from '@/shared/lib/ageing';

export type CustomerFilters = { tier?: string; owner?: string; overdue?: string };

/** The table's filters in the server's filter language. */
export function customerFilter({ tier, owner, overdue }: CustomerFilters, today: string): string | undefined {
  const conditions: Condition[] = [];
  if (tier) conditions.push({ field: 'tier', op: 'eq', value: tier });
  if (owner) conditions.push({ field: 'owner', op: 'eq', value: owner });
  if (overdue === 'yes') conditions.push({ field: 'oldestDue', op: 'lt', value: today });
  if (overdue === 'hold') conditions.push({ field: 'onHold', op: 'eq', value: true });
  if (overdue === 'stop') conditions.push({ field: 'stopWish', op: 'eq', value: true });
  return allOf(conditions);
}

/** Only what was filled in is sent; an emptied field is left out. */
export function cleanData(values: CustomerData): CustomerData {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  ) as CustomerData;
}

/** Currencies worth showing: something open, overdue or unapplied. */
export const liveBalances = (balances: Balance[] = []) =>
  balances.filter(({ open, overdue, unapplied }) => open !== 0 || overdue !== 0 || unapplied !== 0);

/** Open items first by age, the latest settled ones after them. */
export function splitItems(items: AccountItem[]): { open: AccountItem[]; closed: AccountItem[] } {
  const byDue = (a: AccountItem, b: AccountItem) => a.dueDate.localeCompare(b.dueDate);
  return {
    open: items.filter(({ status }) => isOpen(status)).sort(byDue),
    closed: items.filter(({ status }) => !isOpen(status)).sort((a, b) => byDue(b, a)),
  };
}
