import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import type { CustomerPage } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';

/** When the customer hears from us next and why, or why not. */
export function PeekNext({ page }: { page: CustomerPage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { next, account } = page;
  const { hold, stopWish } = account;
  const hasOpen = account.items.some(({ open }) => open > 0);
  const none = stopWish ? 'noneStop' : hold ? 'noneHold' : hasOpen ? 'none' : 'nonePaid';
  return (
    <section className="peek-part" aria-label={t('next.title')}>
      <h3 className="peek-sub">{t('next.title')}</h3>
      {next ? (
        <>
          <p>
            <strong className="num">{format.instant(next.at)}</strong>{' '}
            <span className="list-dim">{format.relative(next.at)}</span>
          </p>
          <p className="peek-text">{format.text(next.sentence)}</p>
          {next.blocked && (
            <p className="peek-text">
              <Chip tone="amber">{t('next.blocked')}</Chip> {format.reason(next.blocked.text)}
            </p>
          )}
          {(next.why ?? []).length > 0 && (
            <ul className="why">
              {next.why?.map((reason) => (
                <li key={reason.key}>{format.reason(reason.text)}</li>
              ))}
            </ul>
          )}
        </>
      ) : (
        <p className="peek-text">{t(`next.${none}`)}</p>
      )}
      {hold && (
        <p className="peek-text">
          <Chip tone="amber">
            {hold.until ? t('customer.holdUntil', { date: format.date(hold.until) }) : t('customer.holdOpen')}
          </Chip>{' '}
          {hold.reason}
        </p>
      )}
    </section>
  );
}

/** Not needed for the first picture of the board, which has a budget. */
const TierFacts = lazy(() => import('@/shared/tier/TierFacts').then((m) => ({ default: m.TierFacts })));

/** The tier and what made it. */
export function PeekTier({ id }: { id: string }) {
  const { t } = useTranslation();
  return (
    <Suspense fallback={null}>
      <TierFacts
        customer={id}
        frame={(facts) => (
          <section className="peek-part" aria-label={t('customer.tier')}>
            <h3 className="peek-sub">{t('customer.tier')}</h3>
            {facts}
          </section>
        )}
      />
    </Suspense>
  );
}
