import '../texts';
import { LeftOutlined, MailOutlined, PrinterOutlined, RightOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { api } from '@/shared/api/client';
import type { Ref, Run } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { Page, Section } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';

type Owner = {
  owner: Ref | null;
  received: Record<string, number>;
  messages: number;
  calls: number;
  promisesMade: number;
  promisesKept: number;
  promisesPartKept: number;
  promisesBroken: number;
  disputesOpened: number;
  disputesClosed: number;
  accounts: number;
};
type Card = {
  id: string;
  name: string;
  owner?: Ref;
  overdueDays: number;
  balances?: { currency: string; open: number }[];
};
type Promised = { customer: Ref; id: string; amount: number; currency: string; date: string };
type Review = {
  from: string;
  to: string;
  owners: Owner[];
  promisesDue: Promised[];
  stuck: Card[];
  disputes: Card[];
  parked: Run[];
};

const MailDrawer = lazy(() => import('./MailDrawer'));

const week = 7 * 24 * 3600 * 1000;
const shift = (date: string, by: number) =>
  new Date(Date.parse(`${date}T00:00:00Z`) + by).toISOString().slice(0, 10);

/** One page for the weekly meeting: figures by owner, and what has to be talked about. */
export default function ReviewPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const [params, setParams] = useSearchParams();
  const [mailing, setMailing] = useState(false);
  const to = params.get('to') ?? undefined;
  const review = useQuery({
    queryKey: ['review', to],
    queryFn: () => api.get<Review>('/review', to ? { to, from: shift(to, -6 * 24 * 3600 * 1000) } : {}),
  });
  const data = review.data;
  const go = (by: number) => data && setParams({ to: shift(data.to, by) });
  const open = (card: Card) =>
    (card.balances ?? [])
      .filter(({ open: amount }) => amount !== 0)
      .map(({ currency, open: amount }) => format.money(amount, currency))
      .join(' · ');
  const cards = (title: string, none: string, list: Card[]) => (
    <List title={title} none={none} count={list.length}>
      {list.map((card) => (
        <li key={card.id} className="review-line">
          <Link to={`/customers/${card.id}`}>{card.name}</Link>
          <span className="list-dim">{card.owner?.name}</span>
          <span>{card.overdueDays > 0 && t('review.days', { count: card.overdueDays })}</span>
          <span className="num">{open(card)}</span>
        </li>
      ))}
    </List>
  );
  return (
    <Page
      title={t('review.title')}
      sub={t('review.about')}
      actions={
        <span className="review-tools">
          <IconButton icon={<LeftOutlined />} label={t('review.earlier')} onClick={() => go(-week)} />
          {data && (
            <span className="num">
              {t('review.range', { from: format.date(data.from), to: format.date(data.to) })}
            </span>
          )}
          <Button
            icon={<RightOutlined />}
            aria-label={t('review.later')}
            disabled={!data || data.to >= format.today}
            onClick={() => go(week)}
          />
          <Button icon={<MailOutlined />} onClick={() => setMailing(true)}>
            {t('review.mail')}
          </Button>
          <Button icon={<PrinterOutlined />} onClick={() => window.print()}>
            {t('review.print')}
          </Button>
        </span>
      }
    >
      {mailing && (
        <Suspense fallback={null}>
          <MailDrawer onClose={() => setMailing(false)} />
        </Suspense>
      )}
      {review.error ? (
        <ErrorState error={review.error} onRetry={() => review.refetch()} />
      ) : !data ? (
        <Lines rows={10} />
      ) : (
        <>
          <Section title={t('review.byOwner')}>
            {data.owners.length === 0 ? (
              <Empty small title={t('review.nothing')} />
            ) : (
              <Owners list={data.owners} />
            )}
          </Section>
          <div className="review-lists">
            <List title={t('review.due')} none={t('review.noDue')} count={data.promisesDue.length}>
              {data.promisesDue.map((promise) => (
                <li key={promise.id} className="review-line">
                  <Link to={`/customers/${promise.customer.id}`}>{promise.customer.name}</Link>
                  <span />
                  <span>{format.date(promise.date)}</span>
                  <span className="num">{format.money(promise.amount, promise.currency)}</span>
                </li>
              ))}
            </List>
            {cards(t('review.stuck'), t('review.noStuck'), data.stuck)}
            {cards(t('review.disputed'), t('review.noDisputed'), data.disputes)}
            <List title={t('review.parked')} none={t('review.noParked')} count={data.parked.length}>
              {data.parked.map((run) => (
                <li key={run.id} className="review-line">
                  <Link to={`/runs/view?id=${encodeURIComponent(run.id)}`}>{run.customer.name}</Link>
                  <span className="list-dim">{format.text(run.flow.name)}</span>
                  <span>{format.reason(run.reason?.text)}</span>
                  <span />
                </li>
              ))}
            </List>
          </div>
        </>
      )}
    </Page>
  );
}

function List({
  title,
  none,
  count,
  children,
}: {
  title: string;
  none: string;
  count: number;
  children: ReactNode;
}) {
  return (
    <Section title={title} count={count}>
      {count === 0 ? <Empty small title={none} /> : <ul className="review-list">{children}</ul>}
    </Section>
  );
}

function Owners({ list }: { list: Owner[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const heads = ['received', 'messages', 'calls', 'promises', 'disputes', 'accounts'] as const;
  return (
    <div className="table-scroll" tabIndex={0} role="group" aria-label={t('review.byOwner')}>
      <table className="table table-plain">
        <caption className="sr-only">{t('review.byOwner')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('review.owner')}</th>
            {heads.map((key) => (
              <th key={key} scope="col" className="num">
                {t(`review.${key}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {list.map((row) => (
            <tr key={row.owner?.id ?? ''}>
              <td>{row.owner?.name ?? t('review.nobody')}</td>
              <td className="num">
                <span className="review-amounts">
                  {Object.entries(row.received).map(([currency, amount]) => (
                    <span key={currency}>{format.money(amount, currency)}</span>
                  ))}
                </span>
              </td>
              <td className="num">{format.number(row.messages)}</td>
              <td className="num">{format.number(row.calls)}</td>
              <td className="num">
                {[row.promisesMade, row.promisesKept, row.promisesPartKept, row.promisesBroken].join(' / ')}
              </td>
              <td className="num">{[row.disputesOpened, row.disputesClosed].join(' / ')}</td>
              <td className="num">{format.number(row.accounts)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
