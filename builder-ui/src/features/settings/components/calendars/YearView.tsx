import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { ErrorState, Lines } from '@/shared/ui/states';
import { useCalendarYear } from '../../api/contact';
import { type CalendarDay, monthCells, yearSpans } from '../../model/calendars';

export function YearView({ id, version }: { id: string; version?: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [year, setYear] = useState(Number(format.today.slice(0, 4)));
  const { data, error, refetch } = useCalendarYear(id, year, version);
  if (error) return <ErrorState error={error} onRetry={() => refetch()} />;
  return (
    <div className="year-view">
      <div className="year-head">
        <IconButton
          size="small"
          icon={<LeftOutlined />}
          label={t('calendars.previous')}
          onClick={() => setYear(year - 1)}
        />
        <h3 className="year-title num" aria-live="polite">
          {t('calendars.yearOf', { year })}
        </h3>
        <IconButton
          size="small"
          icon={<RightOutlined />}
          label={t('calendars.next')}
          onClick={() => setYear(year + 1)}
        />
        <ul className="year-legend">
          <li>
            <span className="day-mark day-holiday" aria-hidden /> {t('calendars.kind.holiday')}
          </li>
          <li>
            <span className="day-mark day-makeUp" aria-hidden /> {t('calendars.kind.makeUp')}
          </li>
          <li>
            <span className="day-mark day-off" aria-hidden /> {t('calendars.kind.off')}
          </li>
        </ul>
      </div>
      {data && !data.known && (
        <p className="conduct-note" role="status">
          {t('calendars.unknown', { year: data.year, years: yearSpans(data.years) || '–' })}
        </p>
      )}
      {data ? <Months year={data.year} days={data.days} every={id === 'everyday'} /> : <Lines rows={8} />}
    </div>
  );
}

export function Months({ year, days, every }: { year: number; days: CalendarDay[]; every?: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const byDate = useMemo(() => new Map(days.map((day) => [day.date, day])), [days]);
  const month = new Intl.DateTimeFormat(format.locale, { month: 'long', timeZone: 'UTC' });
  const weekday = new Intl.DateTimeFormat(format.locale, { weekday: 'narrow', timeZone: 'UTC' });
  const long = new Intl.DateTimeFormat(format.locale, { weekday: 'long', timeZone: 'UTC' });
  const monday = Date.UTC(2024, 0, 1);
  const week = Array.from({ length: 7 }, (_, at) => monday + at * 86_400_000);
  return (
    <div className="months">
      {Array.from({ length: 12 }, (_, at) => {
        const cells = monthCells(year, at, byDate, every);
        const rows = Array.from({ length: Math.ceil(cells.length / 7) }, (_x, row) =>
          Array.from({ length: 7 }, (_y, col) => cells[row * 7 + col]),
        );
        return (
          <table key={month.format(Date.UTC(year, at, 1))} className="month">
            <caption>{month.format(Date.UTC(year, at, 1))}</caption>
            <thead>
              <tr>
                {week.map((day) => (
                  <th key={day} scope="col" abbr={long.format(day)}>
                    {weekday.format(day)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.find(Boolean)?.date}>
                  {row.map((cell, col) =>
                    cell ? (
                      <td key={cell.date} className={`day-${cell.kind}`} title={cell.name || undefined}>
                        <span aria-hidden>{cell.day}</span>
                        <span className="sr-only">
                          {cell.day}
                          {cell.kind !== 'work' && ` ${cell.name || t(`calendars.kind.${cell.kind}`)}`}
                        </span>
                      </td>
                    ) : (
                      // biome-ignore lint/suspicious/noArrayIndexKey: a hole has no other name than its column
                      <td key={col} />
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        );
      })}
    </div>
  );
}
