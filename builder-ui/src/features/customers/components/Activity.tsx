import { Button, Tabs } from 'antd';
import { Fragment, lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { TimelineEntry } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { StatusChip } from '@/shared/ui/Chip';
import { Money } from '@/shared/ui/Money';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useMessagesOf, useTimeline } from '../api/customers';
import { kindTone } from '../model/timeline';

const Why = lazy(() => import('./Why'));

export function Activity({ customer }: { customer: string }) {
  const { t } = useTranslation();
  return (
    <section className="section" aria-label={t('timeline.title')}>
      <Tabs
        className="activity-tabs"
        items={[
          { key: 'timeline', label: t('timeline.title'), children: <Timeline customer={customer} /> },
          { key: 'messages', label: t('timeline.messages'), children: <Messages customer={customer} /> },
          {
            key: 'why',
            label: t('timeline.why'),
            children: (
              <Suspense fallback={<Lines rows={3} />}>
                <Why customer={customer} />
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
  const timeline = useTimeline(customer);
  if (timeline.error && timeline.rows.length === 0)
    return <ErrorState error={timeline.error} onRetry={() => timeline.refetch()} />;
  if (timeline.isPending) return <Lines rows={6} />;
  if (timeline.rows.length === 0)
    return <Empty small title={t('timeline.empty')} text={t('timeline.emptyText')} />;
  let day = '';
  return (
    <>
      <ol className="timeline">
        {timeline.rows.map((entry) => {
          const entryDay = format.dayOf(entry.at);
          const isNewDay = entryDay !== day;
          day = entryDay;
          return (
            <Fragment key={entry.id}>
              {isNewDay && <li className="timeline-day">{format.date(entryDay, 'long')}</li>}
              <Entry entry={entry} />
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

function Entry({ entry }: { entry: TimelineEntry }) {
  const format = useFormat();
  const message = entry.data?.message;
  return (
    <li className={`timeline-entry tone-${kindTone(entry.kind)}`}>
      <time className="timeline-time num" dateTime={entry.at}>
        {format.time(entry.at)}
      </time>
      <span className="timeline-dot" aria-hidden />
      <span className="timeline-text">
        {typeof message === 'string' ? (
          <Link to={`/inbox/${message}`}>{format.text(entry.text)}</Link>
        ) : (
          format.text(entry.text)
        )}
        {entry.actor && <span className="list-dim"> · {entry.actor.name}</span>}
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
