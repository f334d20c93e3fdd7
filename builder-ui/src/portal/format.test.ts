import { expect, it } from 'vitest';
import { date, minor, money } from './format';
import { say, texts } from './texts';

it.each([
  ['1200', 2, 120000],
  ['1,200.50', 2, 120050],
  ['1.200,5', 2, 120050],
  ["1'200.05", 2, 120005],
  ['12', 0, 12],
  ['1,005', 2, 100500],
  ['0.5', 2, 50],
])('%s with %d digits is %d', (text, digits, n) => expect(minor(text, digits)).toBe(n));

it.each([
  ['', 2],
  ['-5', 2],
  ['abc', 2],
  ['1e9', 2],
  ['1.2345', 2],
  ['12.5', 0],
  ['1.2.3', 2],
])('%s with %d digits is no amount', (text, digits) => expect(minor(text, digits)).toBeNull());

it('writes money and days in the reader’s way', () => {
  expect(money('en', 120050, 'CNY', 2)).toBe('CN¥1,200.50');
  expect(money('zh-CN', 500, 'JPY', 0)).toContain('500');
  expect(date('en', '2026-11-22')).toBe('22 Nov 2026');
});

it('has every text in both languages, with the same blanks', () => {
  const blanks = (s: string) => [...s.matchAll(/\{\w+\}/g)].map(String).sort();
  for (const key of Object.keys(texts.en) as (keyof typeof texts.en)[])
    if (key !== 'for') expect(blanks(texts['zh-CN'][key]), key).toEqual(blanks(texts.en[key]));
  expect(say('en', 'daysLate', { n: 3 })).toBe('3 days past due');
});
