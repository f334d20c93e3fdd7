import '../texts';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useMe } from '@/shared/api/session';
import type { Today, TodayCounts } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Page } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useTodayPage } from '../api/today';
import { Figures } from './Figures';
import { HeldLog } from './HeldLog';
import { HeldList, ParkedList, PlannedList, PromiseList, SentList, UnknownList } from './lists';
import { NextSteps } from './NextSteps';
import { TaskList } from './TaskList';

export default function TodayPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const today = useTodayPage();
  return (
    <Page title={t('nav.today')} sub={format.date(format.today, 'long')}>
      {today.data ? (
        <Content today={today.data} />
      ) : today.error ? (
        <ErrorState error={today.error} onRetry={() => today.refetch()} />
      ) : (
        <Loading />
      )}
    </Page>
  );
}

/** Whose work begins with accounts that others give them: setting up is not their task. */
function NothingYours() {
  const { t } = useTranslation();
  const { as } = useMe();
  return (
    <div className="section">
      <Empty
        title={t('today.noneTitle')}
        text={t(as?.role ? 'today.noneRole' : 'today.noneText')}
        action={
          as?.role ? undefined : (
            <Link to="/customers">
              <Button>{t('nav.customers')}</Button>
            </Link>
          )
        }
      />
    </div>
  );
}

function Content({ today }: { today: Today }) {
  const { t } = useTranslation();
  const { can, workspace } = useMe();
  const steps = !workspace.demo && can['flow.publish'];
  if (today.figures.length === 0 && today.counts.tasks === 0 && today.counts.planned === 0) {
    if (steps) return <NextSteps hasInvoices={false} />;
    if (!can['flow.publish']) return <NothingYours />;
    return (
      <div className="section">
        <Empty
          title={t('today.emptyTitle')}
          text={t('today.emptyText')}
          action={
            <span className="state-actions">
              <Link to="/import">
                <Button type="primary">{t('today.import')}</Button>
              </Link>
              <Link to="/market">
                <Button>{t('today.market')}</Button>
              </Link>
              <Link to="/customers?new=1">
                <Button>{t('customer.create')}</Button>
              </Link>
            </span>
          }
        />
      </div>
    );
  }
  return (
    <>
      {steps && <NextSteps hasInvoices={today.figures.length > 0} />}
      <Summary counts={today.counts} />
      <Figures today={today} />
      <div className="columns">
        <div className="column-main">
          <div id="sent" className="anchor">
            <SentList today={today} />
          </div>
          <div id="planned" className="anchor">
            <PlannedList today={today} />
          </div>
          <div id="held" className="anchor">
            <HeldList today={today} />
          </div>
          <HeldLog />
        </div>
        <div className="column-side" id="people">
          <UnknownList today={today} />
          <ParkedList today={today} />
          <TaskList today={today} />
          <PromiseList today={today} />
        </div>
      </div>
    </>
  );
}

/** The day in one line: what goes out, what went out, what stopped, what needs a person. */
function Summary({ counts }: { counts: TodayCounts }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    { key: 'sent', count: counts.sentToday, tone: 'green' },
    { key: 'planned', count: counts.planned, tone: 'blue' },
    { key: 'held', count: counts.held, tone: 'amber' },
    { key: 'people', count: counts.tasks + counts.parked + counts.unknown, tone: 'violet' },
  ];
  return (
    <section className="glance" aria-label={t('today.summaryLabel')}>
      {parts.map(({ key, count, tone }) => (
        <a key={key} className={`glance-part tone-${tone}`} href={`#${key}`}>
          <span className="glance-count num">{format.number(count)}</span>
          <span>{t(`today.summary.${key}`, { count })}</span>
        </a>
      ))}
    </section>
  );
}

function Loading() {
  return (
    <>
      <div className="figures" aria-hidden>
        <div className="figure">
          <Lines rows={5} />
        </div>
      </div>
      <div className="columns" aria-hidden>
        <div className="column-main section">
          <Lines rows={6} />
        </div>
        <div className="column-side section">
          <Lines rows={6} />
        </div>
      </div>
    </>
  );
}
