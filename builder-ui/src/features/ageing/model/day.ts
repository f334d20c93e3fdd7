import { addDays } from '@/shared/lib/date';

/** The last day of the month before a day's own. */
export const endOfLastMonth = (today: string) => addDays(`${today.slice(0, 8)}01`, -1);

/** A day from the address, as far as a picker can show it. */
export const shownDay = (day: string) => (/^\d{4}-\d{2}-\d{2}$/.test(day) ? day : '');
