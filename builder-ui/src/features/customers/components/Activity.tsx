import '@/features/inbox/texts';
import { Button, Segmented, Tabs } from 'antd';
import { Fragment, Suspense, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useUserNames } from '@/shared/api/names';
import { useCan } from '@/shared/api/session';
import type { TimelineEntry } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { StatusChip } from '@/shared/ui/Chip';
import { Money } from '@/shared/ui/Money';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useMessagesOf, useTimeline } from '../api/customers';
import { quietTimeline, toneOf, withoutClock } from '../model/timeline';

const Why = lazy(() => import('./Why'));

export function Activity({ customer }: { customer: string }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const day = params.get('why') ?? undefined;
  const [tab, setTab] = useState(day ? 'why' : 'timeline');
  // Whoever asks about a day is shown the answer at once.
  useEffect(() => {
    if (day) setTab('why');
  }, [day]);
  return (
    <section className="section" aria-label={t('timeline.title')}>
      <Tabs
        className="activity-tabs"
        activeKey={tab}
        onChange={setTab}
        items={[
          {
            key: 'timeline',
            label: t('timeline.title'),
            children: <Timeline customer={customer} />,
          },
          { key: 'messages', label: t('timeline.messages'), children: <Messages customer={customer} /> },
          {
            key: 'why',
            label: t('timeline.why'),
            children: (
              <Suspense fallback={<Lines rows={3} />}>
                <Why key={day} customer={customer} day={day} />
              </Suspense>
            ),
          },
        ]}
      />
    </section>
  );
}

function Timeline({ customer }: { customer: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [view, setView] = useState<'highlights' | 'all'>('highlights');
  const timeline = useTimeline(customer);
  const messages = useMessagesOf(customer);
  const subjects = useMemo(
    () => new Map(messages.rows.map((message) => [message.id, message.subject])),
    [messages.rows],
  );
  if (timeline.error && timeline.rows.length === 0)
    return <ErrorState error={timeline.error} onRetry={() => timeline.refetch()} />;
  if (timeline.isPending) return <Lines rows={6} />;
  if (timeline.rows.length === 0)
    return <Empty small title={t('timeline.empty')} text={t('timeline.emptyText')} />;
  const entries = quietTimeline(timeline.rows, view === 'all');
  let day = '';
  return (
    <>
      <div className="timeline-view">
        <Segmented
          size="small"
          aria-label={t('timeline.view')}
          value={view}
          onChange={setView}
          options={[
            { value: 'highlights', label: t('timeline.highlights') },
            { value: 'all', label: t('timeline.all') },
          ]}
        />
      </div>
      {entries.length === 0 && (
        <Empty small title={t('timeline.noHighlights')} text={t('timeline.noHighlightsText')} />
      )}
      <ol className="timeline">
        {entries.map((entry) => {
          const entryDay = format.dayOf(entry.at);
          const isNewDay = entryDay !== day;
          day = entryDay;
          return (
            <Fragment key={entry.id}>
              {isNewDay && <li className="timeline-day">{format.date(entryDay, 'long')}</li>}
              <Entry entry={entry} subject={subjects.get(String(entry.data?.message))} />
            </Fragment>
          );
        })}
      </ol>
      {timeline.hasNextPage && (
        <div className="table-foot">
          <Button size="small" loading={timeline.isFetchingNextPage} onClick={() => timeline.fetchNextPage()}>
            {t('timeline.older')}
          </Button>
        </div>
      )}
    </>
  );
}

function Entry({ entry, subject }: { entry: TimelineEntry; subject?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useUserNames();
  const message = entry.kind === 'step' ? undefined : entry.data?.message;
  const payment = useCan('payment.read') ? entry.data?.payment : undefined;
  const to = message ? `/inbox/${message}` : payment ? `/payments?payment=${payment}` : undefined;
  const said = withoutClock(format.text(entry.text), (day) => format.date(day));
  const text = subject && message ? `${said} · ${subject}` : said;
  const actor =
    entry.actor?.id === 'customer'
      ? t('customer.one')
      : names.data?.find(({ id }) => id === entry.actor?.id)?.name;
  return (
    <li className={`timeline-entry tone-${toneOf(entry)}`}>
      <time className="timeline-time num" dateTime={entry.at}>
        {format.time(entry.at)}
      </time>
      <span className="timeline-dot" aria-hidden />
      <span className="timeline-text">
        {to ? <Link to={to}>{text}</Link> : text}
        {actor && <span className="list-dim"> · {actor}</span>}
      </span>
      {entry.amount !== undefined && entry.currency && (
        <Money amount={entry.amount} currency={entry.currency} />
      )}
    </li>
  );
}

function Messages({ customer }: { customer: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const messages = useMessagesOf(customer);
  if (messages.error && messages.rows.length === 0)
    return <ErrorState error={messages.error} onRetry={() => messages.refetch()} />;
  if (messages.isPending) return <Lines rows={4} />;
  if (messages.rows.length === 0)
    return <Empty small title={t('inbox.noneHere')} text={t('inbox.noneHereText')} />;
  return (
    <ul className="list list-inset">
      {messages.rows.map((message) => (
        <li key={message.id} className="list-row">
          <div className="list-body">
            <div className="list-line">
              <Link className="row-title" to={`/inbox/${message.id}`}>
                {message.subject}
              </Link>
            </div>
            <div className="list-sub num">
              {format.instant(message.at)} ·{' '}
              {t(`channel.${message.channel}`, { defaultValue: message.channel })}
            </div>
          </div>
          <div className="list-aside">
            <Money amount={message.amount} currency={message.currency} />
            <div className="list-sub">
              <StatusChip kind="message" status={message.status} />
            </div>
          </div>
        </li>
      ))}
    </ul>
  );
}
