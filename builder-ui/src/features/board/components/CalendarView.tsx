import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Popover } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Invoice, Page } from '@/shared/api/types';
import { allOf } from '@/shared/lib/ageing';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { ErrorState } from '@/shared/ui/states';
import { readCards } from '../api/board';
import { byDay, type Entry, monthBeside, weeksOf } from '../model/calendar';
import type { View } from '../model/types';

const most = 3;
const readable = 100;
const mostPages = 15;

/** Everything open that falls due between two days; a busy month has more than one page. */
async function dueBetween(from: string, to: string, signal: AbortSignal): Promise<Invoice[]> {
  const filter = allOf([
    { field: 'dueDate', op: 'gte', value: from },
    { field: 'dueDate', op: 'lte', value: to },
    { field: 'open', op: 'gt', value: 0 },
  ]);
  const found: Invoice[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < mostPages; page++) {
    const { items, next } = await api.get<Page<Invoice>>(
      '/records/invoice',
      { filter, sort: 'dueDate', limit: 200, cursor },
      signal,
    );
    found.push(...items);
    if (!next) break;
    cursor = next;
  }
  return found;
}

/** Promises and due dates of a month. */
export default function CalendarView({
  view,
  query,
  onOpen,
}: {
  view: View;
  query: { search?: string; filter?: string };
  onOpen: (id: string) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const [month, setMonth] = useState(format.today.slice(0, 7));
  const weeks = useMemo(() => weeksOf(month), [month]);
  const from = weeks[0]?.[0] ?? '';
  const to = weeks.at(-1)?.[6] ?? '';
  const promises = useQuery({
    queryKey: [...keys.boards, view.key, 'promises', query],
    queryFn: ({ signal }) => readCards(view.key, { ...query, limit: readable }, signal),
  });
  const narrowed = Boolean(query.search || query.filter || view.filter);
  const invoices = useQuery({
    queryKey: [...keys.records('invoice'), 'calendar', from, to],
    queryFn: ({ signal }) => dueBetween(from, to, signal),
  });
  const entries = useMemo(() => {
    const cards = promises.data?.columns.flatMap(({ items }) => items) ?? [];
    const seen = new Set(cards.map(({ id }) => id));
    const promised: Entry[] = cards.flatMap(({ id, name, promise }) =>
      promise
        ? [
            {
              id: promise.id,
              kind: 'promise' as const,
              customer: id,
              name,
              amount: promise.amount,
              currency: promise.currency,
              date: promise.date,
            },
          ]
        : [],
    );
    const due: Entry[] = (invoices.data ?? [])
      .filter(({ data }) => !narrowed || seen.has(data.customer))
      .map(({ id, data, system }) => ({
        id,
        kind: 'due',
        customer: data.customer,
        name: system.customerName,
        amount: system.open,
        currency: data.currency,
        date: data.dueDate,
      }));
    return byDay([...promised, ...due]);
  }, [promises.data, invoices.data, narrowed]);

  const error = promises.error ?? invoices.error;
  if (error && !promises.data && !invoices.data)
    return (
      <ErrorState
        error={error}
        onRetry={() => {
          promises.refetch();
          invoices.refetch();
        }}
      />
    );
  const monthName = new Intl.DateTimeFormat(format.locale, {
    year: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  }).format(Date.parse(`${month}-01T00:00:00Z`));
  return (
    <section
      className="cal"
      aria-label={t('board.modes.calendar')}
      aria-busy={promises.isPending || invoices.isPending}
    >
      <div className="cal-head">
        <IconButton
          size="small"
          icon={<LeftOutlined />}
          label={t('board.monthBefore')}
          onClick={() => setMonth(monthBeside(month, -1))}
        />
        <h2 className="cal-title" aria-live="polite">
          {monthName}
        </h2>
        <IconButton
          size="small"
          icon={<RightOutlined />}
          label={t('board.monthAfter')}
          onClick={() => setMonth(monthBeside(month, 1))}
        />
        <span className="cal-key">
          <span className="cal-dot cal-promise" aria-hidden /> {t('board.calPromise')}
        </span>
        <span className="cal-key">
          <span className="cal-dot cal-due" aria-hidden /> {t('board.calDue')}
        </span>
      </div>
      <table className="cal-grid">
        <thead>
          <tr>
            {weeks[0]?.map((day) => (
              <th key={day} scope="col">
                {weekday(day, format.locale)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <Day
                  key={day}
                  day={day}
                  quiet={!day.startsWith(month)}
                  entries={entries.get(day) ?? []}
                  onOpen={onOpen}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

const weekday = (day: string, locale: string) =>
  new Intl.DateTimeFormat(locale, { weekday: 'short', timeZone: 'UTC' }).format(
    Date.parse(`${day}T00:00:00Z`),
  );

function Day({
  day,
  quiet,
  entries,
  onOpen,
}: {
  day: string;
  quiet: boolean;
  entries: Entry[];
  onOpen: (id: string) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const rest = entries.slice(most);
  const line = (entry: Entry) => (
    <button
      key={entry.kind + entry.id}
      type="button"
      className={`cal-entry cal-${entry.kind}`}
      onClick={() => onOpen(entry.customer)}
    >
      <span className="cal-name">
        <span className="sr-only">{t(entry.kind === 'promise' ? 'board.calPromise' : 'board.calDue')} </span>
        {entry.name}
      </span>
      <span className="num">{format.money(entry.amount, entry.currency)}</span>
    </button>
  );
  return (
    <td className={quiet ? 'cal-quiet' : undefined} aria-current={day === format.today ? 'date' : undefined}>
      <time className="cal-day num" dateTime={day}>
        {Number(day.slice(8))}
        <span className="cal-weekday" aria-hidden>
          {weekday(day, format.locale)}
        </span>
      </time>
      {entries.slice(0, most).map(line)}
      {rest.length > 0 && (
        <Popover
          trigger="click"
          title={format.date(day, 'long')}
          content={<div className="cal-rest">{rest.map(line)}</div>}
        >
          <button type="button" className="cal-more">
            {t('board.calMore', { count: rest.length })}
          </button>
        </Popover>
      )}
    </td>
  );
}
