import { allOf, type Condition } from '@/shared/lib/ageing';
import { addDays } from '@/shared/lib/date';

export const paymentStates = ['unapplied', 'reversed'] as const;
export const paymentPeriods = ['7', '30', '90'] as const;

export type PaymentFilters = { state?: string; period?: string; currency?: string; customer?: string };

/** The list's filter; a period of n days ends with today, an ISO date. */
export function paymentFilter(filters: PaymentFilters, today: string): string | undefined {
  const { state, period, currency, customer } = filters;
  const conditions: Condition[] = [];
  if (customer) conditions.push({ field: 'customer', op: 'eq', value: customer });
  if (state === 'unapplied') conditions.push({ field: 'unapplied', op: 'gt', value: 0 });
  if (state === 'reversed') conditions.push({ field: 'reversed', op: 'eq', value: true });
  if (paymentPeriods.some((days) => days === period))
    conditions.push({ field: 'valueDate', op: 'gt', value: addDays(today, -Number(period)) });
  if (currency) conditions.push({ field: 'currency', op: 'eq', value: currency });
  return allOf(conditions);
}
