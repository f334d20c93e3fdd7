import { expect, it } from 'vitest';
import { dateOrder, layouts, missing, place } from './mapping';

const map = { columns: { number: 'No.', name: 'Customer' }, externalId: 'number' };

it('a field has one column, and a column one field', () => {
  expect(place(map, 'Customer', 'number').columns).toEqual({ number: 'Customer' });
  expect(place(map, 'No.', '').columns).toEqual({ name: 'Customer' });
  expect(place(map, 'No.', '').externalId).toBeUndefined();
  expect(place(map, 'Tel', 'phone').columns).toEqual({ ...map.columns, phone: 'Tel' });
});

it('says which fields are still needed; a currency may come from the workspace', () => {
  const field = (key: string, required: boolean) => ({
    key,
    required,
    label: { en: key, 'zh-CN': key },
    type: 'text',
  });
  expect(missing([field('name', true), field('dueDate', true), field('currency', true)], map)).toEqual([
    'dueDate',
  ]);
});

it('reads the way of writing out of a proposal that lists the year first as well', () => {
  const known = ['2006-01-02', '2006-1-2', '2006/1/2', '20060102'];
  expect(dateOrder({ columns: {}, dates: known })).toBe('auto');
  expect(dateOrder({ columns: {}, dates: [...known, '2.1.2006'] })).toBe('dmy');
  expect(dateOrder({ columns: {}, dates: [...known, '1/2/2006', '1-2-2006'] })).toBe('mdy');
});

it('knows how dates are written by their first layout', () => {
  for (const order of ['auto', 'dmy', 'mdy'] as const)
    expect(dateOrder({ columns: {}, dates: layouts[order] })).toBe(order);
});
