import dayjs from 'dayjs';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { DayInput } from '@/shared/ui/DayInput';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useWhy } from '../api/customers';
import { decisionTone } from '../model/timeline';
import { together } from '../model/why';

/** What was decided about this customer on a day, and what is planned for a day to come. */
export default function Why({ customer, day }: { customer: string; day?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [date, setDate] = useState(
    day && dayjs(day).isValid() ? dayjs(day).format('YYYY-MM-DD') : format.today,
  );
  const why = useWhy(customer, date);
  const panel = useRef<HTMLDivElement>(null);
  const told = day !== undefined && !why.isPending;
  // Asked for by a link: the answer is brought into sight once it is there.
  useEffect(() => {
    if (told) panel.current?.closest('section')?.scrollIntoView({ block: 'start' });
  }, [told]);
  return (
    <div ref={panel} className="why-panel">
      <div className="why-pick">
        <label htmlFor="why-date" className="field-label">
          {t('timeline.whyDate')}
        </label>
        <DayInput id="why-date" value={date} required onChange={setDate} />
      </div>
      {why.error ? (
        <ErrorState error={why.error} onRetry={() => why.refetch()} />
      ) : why.isPending ? (
        <Lines rows={3} />
      ) : why.data.entries.length === 0 ? (
        <Empty
          small
          title={t('timeline.whyEmpty', { date: format.date(date) })}
          text={t('timeline.whyEmptyText')}
        />
      ) : (
        <ul className="list list-inset">
          {together(why.data.entries).map(({ first: entry, last, count }) => (
            <li
              key={`${entry.at}${entry.run}${entry.node}${entry.decision}`}
              className="list-row list-row-top"
            >
              <time className="why-time num" dateTime={entry.at}>
                {format.time(entry.at)}
                {format.time(last) !== format.time(entry.at) && `–${format.time(last)}`}
              </time>
              <div className="list-body">
                <div className="list-line">
                  <Chip tone={decisionTone(entry.decision)} dot>
                    {t(`decision.${entry.decision}`)}
                  </Chip>{' '}
                  {format.reason(entry.reason?.text)}
                  {count > 1 && <span className="why-count num"> {t('timeline.whyTimes', { count })}</span>}
                </div>
                {entry.sentence && <div className="list-sub">{format.text(entry.sentence)}</div>}
              </div>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
