import { expect, it } from 'vitest';
import { choiceTrouble, choiceTroubles } from './choices';
import { blank } from './kinds';

const label = { en: 'Channel', 'zh-CN': '渠道' };
const option = (en: string, zh = en) => ({ const: en || 'x', title: en, 'x-df-label': { en, 'zh-CN': zh } });

it('asks for options where a choice has none, or one without a name', () => {
  for (const kind of ['choice', 'multiChoice']) expect(choiceTrouble(blank(kind, label))).toBeUndefined();
  const choice = blank('choice', label);
  expect(choiceTrouble({ ...choice, oneOf: [] })).toBe('none');
  expect(choiceTrouble({ ...choice, oneOf: [option('A'), option('')] })).toBe('unnamed');
  expect(choiceTrouble({ ...choice, oneOf: [option('A'), option('', '乙')] })).toBeUndefined();
  expect(choiceTrouble({ ...choice, oneOf: [option('A', '甲'), option(' A', '甲')] })).toBe('same');
  const many = blank('multiChoice', label);
  expect(choiceTrouble({ ...many, items: { oneOf: [] } })).toBe('none');
  expect(choiceTrouble(blank('text', label))).toBeUndefined();
});

it('lists the fields of a form', () => {
  const properties = { good: blank('choice', label), bad: { ...blank('choice', label), oneOf: [] } };
  expect(choiceTroubles({ schema: { type: 'object', properties } })).toEqual([
    { field: 'bad', trouble: 'none' },
  ]);
});
