import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import type { Today } from '@/shared/api/types';
import { bucketKeys } from '@/shared/lib/ageing';
import { useFormat } from '@/shared/lib/useFormat';
import { AgeingBar, AgeingStrip } from '@/shared/ui/AgeingBar';
import { BucketChip } from '@/shared/ui/Chip';
import { Money } from '@/shared/ui/Money';

const mostCards = 2;

/** A currency in which nobody owes anything is no receivable, even with money left over. */
const shown = ({ figures }: Today) =>
  figures.filter(({ openInvoices, overdue }) => openInvoices > 0 || overdue > 0);

/** What is owed, per currency: cards while there are few, one table when there are more. */
export function Figures({ today }: { today: Today }) {
  return shown(today).length > mostCards ? <Matrix today={today} /> : <Cards today={today} />;
}

/** To the same figures by customer, as of any day. */
function ReportLink({ currency }: { currency?: string }) {
  const { t } = useTranslation();
  if (!useCan('insight.read')) return null;
  return (
    <Link className="figure-more" to={currency ? `/ageing?currency=${currency}` : '/ageing'}>
      {t('nav.ageing')}
    </Link>
  );
}

function Matrix({ today }: { today: Today }) {
  const { t } = useTranslation();
  return (
    <section className="section matrix" aria-label={t('today.receivables')}>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={t('today.receivables')}>
        <table className="table table-plain">
          <thead>
            <tr>
              <th scope="col">
                <span className="cell-stack">
                  {t('today.receivables')}
                  <ReportLink />
                </span>
              </th>
              <th scope="col" className="cell-right">
                {t('balance.open')}
              </th>
              <th scope="col" className="cell-right">
                {t('balance.overdue')}
              </th>
              {bucketKeys.map((key) => (
                <th scope="col" key={key} className="cell-right">
                  <BucketChip bucket={key} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown(today).map((figure) => (
              <MatrixRow key={figure.currency} figure={figure} today={today} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function MatrixRow({ figure, today }: { figure: Today['figures'][number]; today: Today }) {
  const { t } = useTranslation();
  const { currency, outstanding, overdue, openInvoices, overdueCustomers } = figure;
  const ageing = today.ageing.find((entry) => entry.currency === currency);
  const share = outstanding > 0 ? Math.round((overdue / outstanding) * 100) : 0;
  return (
    <tr>
      <th scope="row" className="matrix-currency">
        <span className="matrix-code">{currency}</span>
        {ageing && <AgeingStrip ageing={ageing} />}
      </th>
      <td className="cell-right">
        <span className="cell-amounts">
          <span className="matrix-main">
            <Money amount={outstanding} currency={currency} />
          </span>
          <span className="cell-sub">{t('today.openInvoices', { count: openInvoices })}</span>
        </span>
      </td>
      <td className="cell-right">
        <span className="cell-amounts">
          <span className="matrix-main">
            <Money amount={overdue} currency={currency} tone={overdue > 0 ? 'overdue' : 'quiet'} />
          </span>
          <span className="cell-sub">{t('today.overdueCustomers', { count: overdueCustomers, share })}</span>
        </span>
      </td>
      {bucketKeys.map((key) => {
        const bucket = ageing?.buckets.find((entry) => entry.key === key);
        if (!bucket?.count)
          return (
            <td key={key} className="cell-right cell-none">
              {t('table.none')}
            </td>
          );
        return (
          <td key={key} className="cell-right">
            <span className="cell-amounts">
              <Money amount={bucket.amount} currency={currency} />
              <span className="cell-sub">{t('bucket.count', { count: bucket.count })}</span>
            </span>
          </td>
        );
      })}
    </tr>
  );
}

/** One card per currency: two currencies are never added. */
function Cards({ today }: { today: Today }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="figures" aria-label={t('today.receivables')}>
      {shown(today).map(({ currency, outstanding, overdue, unapplied, overdueCustomers, openInvoices }) => {
        const ageing = today.ageing.find((entry) => entry.currency === currency);
        const share = outstanding > 0 ? overdue / outstanding : 0;
        return (
          <article key={currency} className="figure" aria-label={t('today.receivablesIn', { currency })}>
            <header className="figure-head">
              <h2 className="figure-currency">{t('today.receivablesIn', { currency })}</h2>
              <ReportLink currency={currency} />
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
