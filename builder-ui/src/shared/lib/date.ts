/** Calendar dates stay strings (YYYY-MM-DD); only instants know a time zone. */
const day = 86_400_000;

const asUtc = (date: string) => Date.parse(`${date}T00:00:00Z`);

export function addDays(date: string, days: number): string {
  return new Date(asUtc(date) + days * day).toISOString().slice(0, 10);
}

/** Whole calendar days from one date to another; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((asUtc(to) - asUtc(from)) / day);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, options: Intl.DateTimeFormatOptions) {
  const key = locale + JSON.stringify(options);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale, options);
    formats.set(key, format);
  }
  return format;
}

export type DateStyle = 'short' | 'long';

export function formatDate(date: string | undefined, locale: string, style: DateStyle = 'short'): string {
  if (!date) return '';
  const time = asUtc(date.slice(0, 10));
  if (Number.isNaN(time)) return date;
  // Chinese tables read figures only; they also line up.
  if (style === 'short' && locale === 'zh-CN') return date.slice(0, 10);
  const options: Intl.DateTimeFormatOptions =
    style === 'long'
      ? { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }
      : { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' };
  return formatter(locale, options).format(time);
}

/** The calendar date of an instant in a time zone. */
export function dateOf(instant: string, timeZone: string): string {
  return formatter('en-CA', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone }).format(
    Date.parse(instant),
  );
}

export function formatTime(instant: string, locale: string, timeZone: string): string {
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  return formatter(locale, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone }).format(time);
}

/** An instant for people: "Tue 7 Apr, 09:30", with the year only when it differs from today's. */
export function formatInstant(
  instant: string | undefined,
  locale: string,
  timeZone: string,
  today?: string,
): string {
  if (!instant) return '';
  const time = Date.parse(instant);
  if (Number.isNaN(time)) return instant;
  const sameYear = today === undefined || dateOf(instant, timeZone).slice(0, 4) === today.slice(0, 4);
  return formatter(locale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' }),
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone,
  }).format(time);
}

/** "in 3 days", "yesterday", "2天后" relative to the server's date, never to the browser's. */
export function relativeDays(date: string, today: string, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
  const days = daysBetween(today, date);
  if (Math.abs(days) >= 60) return format.format(Math.round(days / 30), 'month');
  return format.format(days, 'day');
}
