import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import type { Day } from '../model/rehearsal';

type Props = {
  weeks: Day[][];
  other?: Record<string, { messages: number; tasks: number }>;
  onPick: (date: string) => void;
};

/** Messages and tasks by day; a fuller day is a darker one, and the figure says the same. */
export function Calendar({ weeks, other, onPick }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const most = Math.max(1, ...weeks.flat().map(({ messages }) => messages));
  const month = useMemo(
    () => new Intl.DateTimeFormat(format.locale, { month: 'short', day: 'numeric', timeZone: 'UTC' }),
    [format.locale],
  );
  const names = useMemo(() => {
    const weekday = new Intl.DateTimeFormat(format.locale, { weekday: 'short', timeZone: 'UTC' });
    // 1 January 2024 was a Monday.
    return Array.from({ length: 7 }, (_, at) => weekday.format(Date.UTC(2024, 0, 1 + at)));
  }, [format.locale]);
  return (
    <div className="section calendar-box">
      <table className="calendar">
        <caption className="sr-only">{t('designer.rehearsal.calendar')}</caption>
        <thead>
          <tr>
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]?.date}>
              {week.map((day) => (
                <td key={day.date} className={day.outside ? 'day day-outside' : 'day'}>
                  {day.outside ? (
                    <span className="day-date num">{Number(day.date.slice(8))}</span>
                  ) : (
                    <button
                      type="button"
                      className={`day-button day-${day.messages === 0 ? 0 : Math.ceil((day.messages / most) * 4)}`}
                      disabled={day.messages + day.tasks === 0}
                      aria-label={t('designer.rehearsal.day', {
                        date: format.date(day.date),
                        messages: day.messages,
                        tasks: day.tasks,
                      })}
                      onClick={() => onPick(day.date)}
                    >
                      <span className="day-date num">
                        {day.date.endsWith('-01')
                          ? month.format(Date.parse(day.date))
                          : Number(day.date.slice(8))}
                      </span>
                      {day.messages > 0 && (
                        <span className="day-messages">
                          <span className="day-long">
                            {t('designer.rehearsal.dayMessages', { count: day.messages })}
                          </span>
                          <span className="day-short num">{day.messages}</span>
                        </span>
                      )}
                      {day.tasks > 0 && (
                        <span className="day-tasks">
                          <span className="day-long">
                            {t('designer.rehearsal.dayTasks', { count: day.tasks })}
                          </span>
                          <span className="day-short num">+{day.tasks}</span>
                        </span>
                      )}
                      {other && (other[day.date]?.messages ?? 0) !== day.messages && (
                        <span className="day-other num">{`↔ ${other[day.date]?.messages ?? 0}`}</span>
                      )}
                    </button>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
