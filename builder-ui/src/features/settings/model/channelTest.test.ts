import { expect, it } from 'vitest';
import { asksWhere, placeOf, samplesOf } from './channelTest';

it('asks for an address only where a person has one', () => {
  expect(placeOf({ fields: ['email'], settings: {} }, {})).toBe('mail');
  expect(placeOf({ fields: ['groupBot'], settings: {} }, {})).toBe('robot');
  expect(placeOf({ fields: ['groupBot'], settings: {} }, { url: 'https://robot' })).toBe('group');
  expect(placeOf({ fields: ['groupBot'], settings: { url: '•••' } }, { url: '' })).toBe('group');
  expect(placeOf({ fields: [], settings: {} }, {})).toBe('address');
  expect((['robot', 'number', 'mail'] as const).every(asksWhere)).toBe(true);
  expect((['group', 'address', 'browser'] as const).some(asksWhere)).toBe(false);
});

it('lists the texts that are registered', () => {
  const templates = [undefined, {}, { template: '*' }, { template: 'due-soon', language: 'zh-CN' }];
  expect(samplesOf({ templates })).toEqual([
    { template: undefined, language: undefined },
    { template: 'due-soon', language: 'zh-CN' },
  ]);
  expect(samplesOf({})).toEqual([]);
});
