import { expect, it } from 'vitest';
import { asCondition, asRow } from './Conditions';

it.each([
  ['CNY', 12.34, 1234],
  ['JPY', 5000, 5000],
  ['KWD', 1.234, 1234],
])('amounts of conditions are minor units of %s', (currency, shown, stored) => {
  const row = { field: 'open', op: 'gte', value: shown };
  expect(asCondition(currency)(row)).toEqual({ ...row, value: stored });
  expect(asRow(currency)({ ...row, value: stored })).toEqual(row);
});

it('lists and texts are what was typed', () => {
  const row = { field: 'tier', op: 'in', value: 'A, B' };
  expect(asCondition('JPY')(row)).toEqual({ ...row, value: ['A', 'B'] });
  expect(asRow('JPY')({ ...row, value: ['A', 'B'] })).toEqual(row);
});
