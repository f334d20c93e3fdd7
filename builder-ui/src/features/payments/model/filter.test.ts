import { describe, expect, it } from 'vitest';
import { paymentFilter } from './filter';

describe('paymentFilter', () => {
  it('asks for nothing without a choice, nor for a period that is none', () => {
    expect(paymentFilter({}, '2026-03-02')).toBeUndefined();
    expect(paymentFilter({ state: 'what', period: 'ever' }, '2026-03-02')).toBeUndefined();
  });

  it('counts a period with today, over the end of a month', () => {
    expect(paymentFilter({ period: '7' }, '2026-03-02')).toBe(
      JSON.stringify({ field: 'valueDate', op: 'gt', value: '2026-02-23' }),
    );
  });

  it('joins what is chosen', () => {
    const filter = paymentFilter({ state: 'unapplied', currency: 'EUR', customer: 'c1' }, '2026-03-02');
    expect(JSON.parse(filter ?? '')).toEqual({
      all: [
        { field: 'customer', op: 'eq', value: 'c1' },
        { field: 'unapplied', op: 'gt', value: 0 },
        { field: 'currency', op: 'eq', value: 'EUR' },
      ],
    });
  });
});
