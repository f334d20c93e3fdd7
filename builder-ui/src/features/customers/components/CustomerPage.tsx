import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { useOwnerName } from '@/shared/api/names';
import { useCan } from '@/shared/api/session';
import type { CustomerPage as PageData } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { useTitle } from '@/shared/lib/useTitle';
import { Chip, TierMark } from '@/shared/ui/Chip';
import { ErrorState, PageSkeleton } from '@/shared/ui/states';
import { useCustomer } from '../api/customers';
import { liveBalances } from '../model/customer';
import { type Action, ActionDrawers } from './ActionDrawers';
import { Activity } from './Activity';
import { CustomerActions } from './CustomerActions';
import { DeadAddresses } from './DeadAddresses';
import { InvoiceItems } from './InvoiceItems';
import { NextContact } from './NextContact';
import { Side } from './Side';

export default function CustomerPage() {
  const { id = '' } = useParams();
  const customer = useCustomer(id);
  if (customer.data) return <Loaded page={customer.data} key={id} />;
  if (customer.error)
    return <ErrorState error={customer.error} onRetry={() => customer.refetch()} level={1} />;
  return <PageSkeleton />;
}

function Loaded({ page }: { page: PageData }) {
  const { t } = useTranslation();
  const [action, setAction] = useState<Action>();
  const { record, account, next, runs } = page;
  const owner = useOwnerName(record);
  useTitle(record.data.name);
  return (
    <div className="page page-wide">
      <nav className="crumbs" aria-label={t('nav.crumbs')}>
        <Link to="/customers">{t('nav.customers')}</Link>
      </nav>
      <div className="page-head">
        <div className="page-titles">
          <div className="title-line">
            <TierMark tier={record.data.tier} />
            <h1 className="page-title">{record.data.name}</h1>
            {account.hold && <Chip tone="amber">{t('customer.onHold')}</Chip>}
            {account.stopWish && <Chip tone="red">{t('customer.stopWish')}</Chip>}
          </div>
          <div className="page-sub">
            {[record.data.number, owner && t('customer.ownedBy', { name: owner })]
              .filter(Boolean)
              .join(' · ')}
          </div>
        </div>
        <CustomerActions page={page} onAction={setAction} />
      </div>
      <Balances page={page} />
      <div className="columns">
        <div className="column-main">
          <Flags page={page} />
          <NextContact
            next={next}
            timezone={record.data.timezone}
            runs={runs}
            account={account}
            hasOpen={account.items.some(({ open }) => open > 0)}
          />
          <InvoiceItems items={account.items} onAction={setAction} />
          <Activity customer={record.id} />
        </div>
        <div className="column-side">
          <Side page={page} runs={runs} onAction={setAction} />
        </div>
      </div>
      <ActionDrawers page={page} action={action} onClose={() => setAction(undefined)} />
    </div>
  );
}

function Balances({ page }: { page: PageData }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canSee = useCan('payment.read');
  const balances = liveBalances(page.account.balances);
  if (balances.length === 0) return null;
  const parts = ['overdue', 'disputed', 'promised', 'unapplied'] as const;
  return (
    <section className="balances" aria-label={t('balance.title')}>
      {balances.map((balance) => (
        <dl key={balance.currency} className="balance">
          <div className="balance-main">
            <dt>{t('balance.openIn', { currency: balance.currency })}</dt>
            <dd className="num">{format.money(balance.open, balance.currency)}</dd>
          </div>
          {parts.map((part) => (
            <div key={part} className={balance[part] === 0 ? 'balance-part balance-zero' : 'balance-part'}>
              <dt>{t(`balance.${part}`)}</dt>
              <dd className={part === 'overdue' && balance.overdue > 0 ? 'num money-overdue' : 'num'}>
                {part === 'unapplied' && balance.unapplied > 0 && canSee ? (
                  <Link to={`/payments?customer=${page.record.id}&state=unapplied`}>
                    {format.money(balance[part], balance.currency)}
                  </Link>
                ) : (
                  format.money(balance[part], balance.currency)
                )}
              </dd>
            </div>
          ))}
        </dl>
      ))}
    </section>
  );
}

/** What stops all contact stands above everything else, with its reason. */
function Flags({ page }: { page: PageData }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { hold, stopWish } = page.account;
  return (
    <>
      {stopWish && (
        <div className="flag flag-red" role="note">
          <strong>{t('customer.stopSince', { date: format.instant(stopWish.at) })}</strong>
          <span>{stopWish.reason}</span>
          {!stopWish.confirmed && <Chip tone="amber">{t('customer.stopPending')}</Chip>}
        </div>
      )}
      <DeadAddresses page={page} />
      {hold && (
        <div className="flag flag-amber" role="note">
          <strong>
            {hold.until ? t('customer.holdUntil', { date: format.date(hold.until) }) : t('customer.holdOpen')}
          </strong>
          <span>{hold.reason}</span>
        </div>
      )}
    </>
  );
}
