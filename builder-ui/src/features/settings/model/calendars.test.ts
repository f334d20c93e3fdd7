import { expect, it } from 'vitest';
import { type CalendarDay, monthCells, yearSpans } from './calendars';

it('reads years in a row as one span', () => {
  expect(yearSpans([2026, 2024, 2025, 2028, 2028])).toBe('2024–2026, 2028');
  expect(yearSpans([])).toBe('');
});

it('lays out October 2026 with its holidays and make-up day', () => {
  const days = new Map<string, CalendarDay>();
  for (let day = 1; day <= 7; day++)
    days.set(`2026-10-0${day}`, { date: `2026-10-0${day}`, kind: 'off', name: 'National Day' });
  days.set('2026-10-10', { date: '2026-10-10', kind: 'work' });
  const cells = monthCells(2026, 9, days);
  expect(cells).toHaveLength(3 + 31);
  expect(cells.slice(0, 3)).toEqual([undefined, undefined, undefined]);
  const kind = (day: number) => cells[day + 2]?.kind;
  expect([kind(1), kind(4), kind(8), kind(10), kind(11), kind(12)]).toEqual([
    'holiday',
    'holiday',
    'work',
    'makeUp',
    'off',
    'work',
  ]);
});
