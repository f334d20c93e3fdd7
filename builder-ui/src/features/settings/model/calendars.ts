import type { Calendar } from '@/shared/api/calendars';
import type { Text } from '@/shared/api/types';

export type CalendarDay = { date: string; kind: 'off' | 'work'; name?: string };
export type CalendarYear = Calendar & { year: number; known: boolean; days: CalendarDay[] };
export type CalendarFile = { name?: string; base?: string; file?: string; data: string };
export type CalendarPreview = {
  days: CalendarDay[];
  off: number;
  work: number;
  years: number[];
  errors: { row: number; rule: string; text: Text }[];
  problem?: Text;
};

/** What the server takes at most, in bytes. */
export const maxCalendarFile = 1 << 20;

/** "2026, 2027–2029": years in a row are one span. */
export function yearSpans(years: number[]): string {
  const spans: [number, number][] = [];
  for (const year of [...years].sort((a, b) => a - b)) {
    const last = spans.at(-1);
    if (last && year - last[1] === 1) last[1] = year;
    else if (!last || year !== last[1]) spans.push([year, year]);
  }
  return spans.map(([from, to]) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
}

export type Cell = { date: string; day: number; kind: 'work' | 'off' | 'makeUp' | 'holiday'; name?: string };

const pad = (value: number) => String(value).padStart(2, '0');

/** The weeks of a month from Monday on; a hole is a day of another month. */
export function monthCells(year: number, month: number, days: Map<string, CalendarDay>, every = false) {
  const cells: (Cell | undefined)[] = [];
  const first = (new Date(Date.UTC(year, month, 1)).getUTCDay() + 6) % 7;
  for (let hole = 0; hole < first; hole++) cells.push(undefined);
  const last = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  for (let day = 1; day <= last; day++) {
    const date = `${year}-${pad(month + 1)}-${pad(day)}`;
    const named = days.get(date);
    const weekend = !every && (first + day - 1) % 7 > 4;
    const kind = named
      ? named.kind === 'work'
        ? weekend
          ? 'makeUp'
          : 'work'
        : 'holiday'
      : weekend
        ? 'off'
        : 'work';
    cells.push({ date, day, kind, name: named?.name });
  }
  return cells;
}
