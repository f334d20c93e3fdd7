import { describe, expect, it } from 'vitest';
import { wrongParts } from './Instalments';

const part = (due?: string, amount?: string) => ({ due, amount });

describe('wrongParts', () => {
  it('takes parts that are the amount, in the order of their days', () => {
    expect(
      wrongParts([part('2026-02-01', '60'), part('2026-02-01', '40.00')], 100_00, 'CNY'),
    ).toBeUndefined();
    expect(wrongParts([part('2026-02-01', '100')], 100, 'JPY')).toBeUndefined();
  });

  it('says what is not filled in before anything else', () => {
    for (const bad of [
      part('2026-02-01'),
      part(undefined, '5'),
      part('2026-02-01', '0'),
      part('2026-02-01', 'x'),
    ])
      expect(wrongParts([part('2026-03-01', '5'), bad], 1, 'CNY')).toBe('missing');
  });

  it('says what is out of order, and what does not add up', () => {
    expect(wrongParts([part('2026-03-01', '1'), part('2026-02-01', '1')], 2_00, 'CNY')).toBe('order');
    expect(wrongParts([part('2026-02-01', '1'), part('2026-03-01', '1')], 2_01, 'CNY')).toBe('sum');
  });
});
