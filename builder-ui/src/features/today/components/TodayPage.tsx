import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Today } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Page } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useTodayPage } from '../api/today';
import { Figures } from './Figures';
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
