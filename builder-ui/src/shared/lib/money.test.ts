import { describe, expect, it } from 'vitest';
import { currencyDigits, formatMoney, toMajor, toMinor } from './money';

describe('money', () => {
  it('knows how many digits a currency has', () => {
    expect([currencyDigits('CNY'), currencyDigits('JPY'), currencyDigits('KWD')]).toEqual([2, 0, 3]);
    expect(currencyDigits('not a currency')).toBe(2);
  });

  it.each([
    [123456, 'CNY', '1234.56'],
    [5, 'CNY', '0.05'],
    [-5, 'CNY', '-0.05'],
    [0, 'EUR', '0.00'],
    [1500, 'JPY', '1500'],
    [1500, 'KWD', '1.500'],
    [900719925474099, 'USD', '9007199254740.99'],
  ])('writes %i %s as %s', (amount, currency, text) => {
    expect(toMajor(amount, currency)).toBe(text);
    expect(toMinor(text, currency)).toBe(amount);
  });

  it.each([
    ['1,234.5', 'CNY', 123450],
    [' 12 ', 'CNY', 1200],
    ['12.340', 'CNY', 1234],
    ['12.', 'CNY', 1200],
  ])('reads %j %s', (text, currency, minor) => {
    expect(toMinor(text, currency)).toBe(minor);
  });

  it.each([
    ['', 'CNY'],
    ['12.345', 'CNY'],
    ['0.5', 'JPY'],
    ['1e3', 'CNY'],
    ['abc', 'CNY'],
    ['99999999999999999', 'CNY'],
  ])('refuses %j %s', (text, currency) => {
    expect(toMinor(text, currency)).toBeUndefined();
  });

  it('shows the currency so that two kinds of yen stay apart', () => {
    expect(formatMoney(123456, 'CNY', 'zh-CN')).toBe('¥1,234.56');
    expect(formatMoney(1234, 'JPY', 'zh-CN')).toBe('JP¥1,234');
    expect(formatMoney(123456, 'CNY', 'en-GB')).toBe('CN¥1,234.56');
    expect(formatMoney(-5, 'EUR', 'en-GB')).toBe('-€0.05');
  });
});
