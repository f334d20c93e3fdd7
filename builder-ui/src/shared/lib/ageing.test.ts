import { describe, expect, it } from 'vitest';
import { allOf, bucketFilter, bucketOf } from './ageing';

describe('ageing', () => {
  it.each([
    [-3, 'current'],
    [0, 'current'],
    [1, '1-30'],
    [30, '1-30'],
    [31, '31-60'],
    [60, '31-60'],
    [61, '61-90'],
    [90, '61-90'],
    [91, '90+'],
  ])('puts %i days into %s', (dpd, bucket) => {
    expect(bucketOf(dpd)).toBe(bucket);
  });

  it('asks the server for the same buckets', () => {
    expect(bucketFilter('1-30')).toEqual([
      { field: 'dpd', op: 'gte', value: 1 },
      { field: 'dpd', op: 'lte', value: 30 },
    ]);
    expect(bucketFilter('90+')).toEqual([{ field: 'dpd', op: 'gte', value: 91 }]);
  });

  it('joins conditions only when there are several', () => {
    const one = { field: 'tier', op: 'eq', value: 'A' };
    expect(allOf([])).toBeUndefined();
    expect(allOf([one])).toBe(JSON.stringify(one));
    expect(allOf([one, one])).toBe(JSON.stringify({ all: [one, one] }));
  });
});
