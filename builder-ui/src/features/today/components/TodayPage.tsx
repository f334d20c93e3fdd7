import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Today } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { AgeingBar } from '@/shared/ui/AgeingBar';
import { Money } from '@/shared/ui/Money';
import { Page } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useTodayPage } from '../api/today';
import { HeldList, ParkedList, PlannedList, PromiseList, SentList, UnknownList } from './lists';
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

function Content({ today }: { today: Today }) {
  const { t } = useTranslation();
  if (today.figures.length === 0 && today.counts.tasks === 0 && today.counts.planned === 0) {
    return (
      <div className="section">
        <Empty
          title={t('today.emptyTitle')}
          text={t('today.emptyText')}
          action={
            <Link to="/customers?new=1">
              <Button type="primary">{t('customer.create')}</Button>
            </Link>
          }
        />
      </div>
    );
  }
  return (
    <>
      <Figures today={today} />
      <div className="columns">
        <div className="column-main">
          <PlannedList today={today} />
          <SentList today={today} />
          <HeldList today={today} />
        </div>
        <div className="column-side">
          <UnknownList today={today} />
          <ParkedList today={today} />
          <TaskList today={today} />
          <PromiseList today={today} />
        </div>
      </div>
    </>
  );
}

/** One card per currency: two currencies are never added. */
function Figures({ today }: { today: Today }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="figures" aria-label={t('today.receivables')}>
      {today.figures.map(({ currency, outstanding, overdue, unapplied, overdueCustomers, openInvoices }) => {
        const ageing = today.ageing.find((entry) => entry.currency === currency);
        const share = outstanding > 0 ? overdue / outstanding : 0;
        return (
          <article key={currency} className="figure" aria-label={t('today.receivablesIn', { currency })}>
            <header className="figure-head">
              <h2 className="figure-currency">{t('today.receivablesIn', { currency })}</h2>
            </header>
            <dl className="figure-numbers">
              <div className="figure-big">
                <dt>{t('balance.open')}</dt>
                <dd className="num">{format.money(outstanding, currency)}</dd>
                <dd className="figure-note">{t('today.openInvoices', { count: openInvoices })}</dd>
              </div>
              <div className="figure-big">
                <dt>{t('balance.overdue')}</dt>
                <dd className={overdue > 0 ? 'num money-overdue' : 'num'}>
                  {format.money(overdue, currency)}
                </dd>
                <dd className="figure-note">
                  {t('today.overdueCustomers', { count: overdueCustomers, share: Math.round(share * 100) })}
                </dd>
              </div>
              {unapplied > 0 && (
                <div className="figure-small">
                  <dt>{t('balance.unapplied')}</dt>
                  <dd>
                    <Money amount={unapplied} currency={currency} />
                  </dd>
                </div>
              )}
            </dl>
            {ageing && <AgeingBar ageing={ageing} />}
          </article>
        );
      })}
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
