import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { bucketKeys } from '@/shared/lib/ageing';
import { currencyName } from '@/shared/lib/money';
import { useFormat } from '@/shared/lib/useFormat';
import { BucketChip } from '@/shared/ui/Chip';
import { Money } from '@/shared/ui/Money';
import { Section } from '@/shared/ui/Page';
import type { Aged, AgedCurrency } from '../api/ageing';

/** One currency: all customers together, then those who are the latest. On a phone the parts give way to what is overdue. */
export function AgeingTable({ group, file }: { group: AgedCurrency; file: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const title = currencyName(group.currency, format.locale);
  return (
    <Section title={title}>
      <div className="table-scroll" tabIndex={0} role="group" aria-label={title}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">{t('customer.one')}</th>
              <th scope="col" className="cell-right">
                {t('balance.open')}
              </th>
              {bucketKeys.map((key) => (
                <th scope="col" key={key} className="cell-right hide-phone">
                  <BucketChip bucket={key} />
                </th>
              ))}
              <th scope="col" className="cell-right hide-phone">
                {t('balance.unapplied')}
              </th>
            </tr>
          </thead>
          <tbody>
            <tr className="row-total">
              <th scope="row">{t('ageing.total')}</th>
              <Amounts of={group} />
            </tr>
            {group.customers.map((row) => (
              <tr key={row.customer.id}>
                <td>
                  {row.customer.name ? (
                    <Link className="row-title" to={`/customers/${row.customer.id}`}>
                      {row.customer.name}
                    </Link>
                  ) : (
                    <span className="cell-none">{t('ageing.gone')}</span>
                  )}
                </td>
                <Amounts of={row} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="table-foot">
        <span role="status">{t('ageing.shown', { count: group.customers.length })}</span>
        {group.more > 0 && (
          <a href={file} download>
            {t('ageing.more', { count: group.more })}
          </a>
        )}
      </div>
    </Section>
  );
}

function Amounts({ of }: { of: Aged }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { currency, overdue } = of;
  return (
    <>
      <td className="cell-right">
        <span className="cell-amounts">
          <Money amount={of.outstanding} currency={currency} />
          {overdue > 0 && (
            <span className="cell-sub only-phone">
              {t('ageing.overdueOf', { amount: format.money(overdue, currency) })}
            </span>
          )}
        </span>
      </td>
      {bucketKeys.map((key) => (
        <Amount
          key={key}
          amount={of.buckets.find((bucket) => bucket.key === key)?.amount ?? 0}
          currency={currency}
        />
      ))}
      <Amount amount={of.unapplied} currency={currency} />
    </>
  );
}

function Amount({ amount, currency }: { amount: number; currency: string }) {
  const { t } = useTranslation();
  return (
    <td className="cell-right cell-whole hide-phone">
      {amount === 0 ? (
        <span className="cell-none">{t('table.none')}</span>
      ) : (
        <Money amount={amount} currency={currency} />
      )}
    </td>
  );
}
