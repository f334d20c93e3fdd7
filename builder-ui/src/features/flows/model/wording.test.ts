import { expect, it } from 'vitest';
import { paramSchema } from './params';
import { sayValue, type Words } from './wording';

const known: Record<string, string> = { 'role.finance': 'Finance' };
const words: Words = {
  t: (key, values) => known[key] ?? String(values?.defaultValue ?? key),
  text: (text) => text?.en ?? '',
  money: String,
  date: String,
  fields: new Map(),
  names: {
    user: new Map(),
    template: new Map(),
    channel: new Map(),
    role: new Map([['credit-desk', 'Credit desk']]),
    event: new Map(),
    param: new Map(),
  },
};

it('says the role that a parameter holds by name, shipped or made here', () => {
  expect(sayValue(words, 'finance', paramSchema('role'))).toBe('Finance');
  expect(sayValue(words, 'credit-desk', paramSchema('role'))).toBe('Credit desk');
  expect(sayValue(words, 'gone', paramSchema('role'))).toBe('gone');
});
