import { isObject } from './document';

export const dayKinds = ['on', 'today', 'ago', 'ahead'] as const;
export type DayKind = (typeof dayKinds)[number];
export type Day = { kind: 'on'; date: string } | { kind: 'today' } | { kind: 'ago' | 'ahead'; days: number };

/** The day in a condition: text, {"today": n} or {"wholeDay": n or a date}; an unfinished one is a date. */
export function readDay(value: unknown): Day {
  if (typeof value === 'string') return { kind: 'on', date: value.slice(0, 10) };
  const held = isObject(value) ? (value.today ?? value.wholeDay) : undefined;
  if (typeof held === 'string') return { kind: 'on', date: held };
  if (typeof held !== 'number') return { kind: 'on', date: '' };
  if (held === 0) return { kind: 'today' };
  return { kind: held < 0 ? 'ago' : 'ahead', days: Math.abs(held) };
}

/** What the condition holds for a day; nothing while it is not finished. Instants are compared with whole days. */
export function writeDay(day: Day, whole: boolean): unknown {
  if (day.kind === 'on') return !day.date ? undefined : whole ? { wholeDay: day.date } : day.date;
  const days = day.kind === 'today' ? 0 : day.days;
  const offset = day.kind === 'ago' ? -days : days;
  return whole ? { wholeDay: offset } : { today: offset };
}
