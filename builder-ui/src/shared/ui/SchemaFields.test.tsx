import { expect, it } from 'vitest';
import { hiddenSecret, requiredOf, type SettingSchema, settingsOf, startOf } from './SchemaFields';

const text = (words: string) => ({ en: words, 'zh-CN': words });
const schema: SettingSchema = {
  required: ['provider'],
  'x-df-order': ['provider', 'token', 'sid', 'rate'],
  properties: {
    sid: { type: 'string', 'x-df-title': text('Sid'), 'x-df-when': { provider: 'b' } },
    token: {
      type: 'string',
      'x-df-secret': true,
      'x-df-title': text('Token'),
      'x-df-when': { provider: ['a', 'b'] },
    },
    provider: { enum: ['a', 'b'], 'x-df-title': text('Provider') },
    rate: { type: 'number', 'x-df-title': text('Rate') },
  },
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON Schema
  allOf: [{ if: { properties: { provider: { const: 'b' } } }, then: { required: ['sid'] } }],
};

it('keeps secrets that are left alone, and sends only what belongs to the choice', () => {
  const stored = { provider: 'b', sid: 'S', token: hiddenSecret, rate: 2 };
  expect(startOf(schema, stored)).toEqual({ provider: 'b', sid: 'S', rate: 2 });
  expect(settingsOf(schema, { provider: 'b', sid: 'S', token: '', rate: null }, stored)).toEqual({
    provider: 'b',
    sid: 'S',
    token: hiddenSecret,
  });
  expect(settingsOf(schema, { provider: 'a', sid: 'S', token: 'new' }, stored)).toEqual({
    provider: 'a',
    token: 'new',
  });
  expect(settingsOf(schema, { provider: 'a', token: '' }, {})).toEqual({ provider: 'a' });
});

it('asks for what the choice needs', () => {
  expect([...requiredOf(schema, { provider: 'b' })]).toEqual(['provider', 'sid']);
  expect([...requiredOf(schema, { provider: 'a' })]).toEqual(['provider']);
});
