import { expect, it } from 'vitest';
import { endOfLastMonth, shownDay } from './day';

it('ends the month before', () => {
  expect(endOfLastMonth('2026-03-31')).toBe('2026-02-28');
  expect(endOfLastMonth('2028-03-01')).toBe('2028-02-29');
  expect(endOfLastMonth('2026-01-01')).toBe('2025-12-31');
});

it('shows days only', () => {
  expect(shownDay('2026-01-01')).toBe('2026-01-01');
  expect(shownDay('yesterday')).toBe('');
});
