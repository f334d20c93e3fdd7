import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { useClock, useServerNow } from '@/shared/api/clock';
import { keys } from '@/shared/api/query';
import type { Clock } from '@/shared/api/types';
import { dateOf } from '@/shared/lib/date';
import { useFormat } from '@/shared/lib/useFormat';

const resync = 10_000;

/** Says how fast the demo's days pass, and counts them. */
export function ClockBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const { clock, set } = useClock();
  const now = useServerNow(500);
  const { data } = useQuery({
    queryKey: keys.clock,
    queryFn: () => api.get<Clock>('/clock'),
    refetchInterval: resync,
    staleTime: 0,
  });
  useEffect(() => {
    if (data) set(data);
  }, [data, set]);

  const iso = now === undefined ? undefined : new Date(now).toISOString();
  const day = iso && dateOf(iso, format.zone);
  const shownDay = useRef(day);
  useEffect(() => {
    if (!day || shownDay.current === day) return;
    const isFirst = shownDay.current === undefined;
    shownDay.current = day;
    if (clock && clock.today !== day) set({ ...clock, now: new Date(now ?? 0).toISOString(), today: day });
    if (!isFirst) client.invalidateQueries({ queryKey: keys.today });
  }, [day, client, clock, now, set]);

  if (!clock?.demo || !iso || !day) return null;
  const seconds = clock.dayLengthSeconds ?? 10;
  const hour = Number(format.time(iso).slice(0, 2));
  return (
    <div className="clock-banner" role="note">
      <span className="clock-speed">{t('demo.clock', { length: lengthOf(seconds, t) })}</span>
      <span className="clock-today">
        {t('demo.today', { date: format.date(day, 'long') })}
        <time className="clock-time num">{format.time(iso)}</time>
      </span>
      <progress className="clock-day" max={24} value={hour} aria-label={t('demo.dayPassed')} />
    </div>
  );
}

/** How long a day lasts, in the largest unit that is whole. */
function lengthOf(seconds: number, t: (key: string, values: { count: number }) => string): string {
  if (seconds % 3600 === 0) return t('demo.hours', { count: seconds / 3600 });
  return seconds % 60 === 0
    ? t('demo.minutes', { count: seconds / 60 })
    : t('demo.seconds', { count: seconds });
}
