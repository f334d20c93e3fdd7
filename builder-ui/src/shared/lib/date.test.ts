import { describe, expect, it } from 'vitest';
import { addDays, dateOf, daysBetween, formatDate, formatInstant, relativeDays } from './date';

describe('calendar dates', () => {
  it('count days over month ends, leap days and clock changes', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(daysBetween('2026-03-28', '2026-03-30')).toBe(2);
    expect(daysBetween('2026-04-07', '2026-04-07')).toBe(0);
    expect(daysBetween('2026-04-07', '2026-04-01')).toBe(-6);
  });

  it('stay what they are in every time zone', () => {
    expect(formatDate('2026-04-07', 'en-GB')).toBe('7 Apr 2026');
    expect(formatDate('2026-04-07', 'zh-CN')).toBe('2026-04-07');
    expect(formatDate(undefined, 'en-GB')).toBe('');
  });
});

describe('instants', () => {
  it('fall on the date of the workspace', () => {
    expect(dateOf('2026-04-06T16:30:00Z', 'Asia/Shanghai')).toBe('2026-04-07');
    expect(dateOf('2026-04-06T16:30:00Z', 'UTC')).toBe('2026-04-06');
  });

  it('name the year only when it is not this one', () => {
    const at = '2026-04-07T01:30:00Z';
    expect(formatInstant(at, 'en-GB', 'Asia/Shanghai', '2026-01-01')).toBe('Tue 7 Apr, 09:30');
    expect(formatInstant(at, 'en-GB', 'Asia/Shanghai', '2027-01-01')).toContain('2026');
  });

  it('are told relative to the server’s date', () => {
    expect(relativeDays('2026-04-08', '2026-04-07', 'en-GB')).toBe('tomorrow');
    expect(relativeDays('2026-04-05', '2026-04-07', 'zh-CN')).toBe('前天');
    expect(relativeDays('2026-10-07', '2026-04-07', 'en-GB')).toBe('in 6 months');
  });
});
