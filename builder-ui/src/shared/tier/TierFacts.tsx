import './texts';
import { App, Button } from 'antd';
import { type ReactNode, Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { type TierCard, useSetTier, useTier } from './api';

const TierDrawer = lazy(() => import('./TierDrawer'));

type Props = { customer: string; frame: (facts: ReactNode) => ReactNode };

/**
 * A customer's tier and what made it: an automated decision is explained, and people may know better. Who may
 * not see tiers gets no frame either.
 */
export function TierFacts({ customer, frame }: Props) {
  const tier = useTier(customer);
  const canWrite = useCan('customer.write');
  if (!tier.data) return null;
  return frame(
    <div className="tier-facts">
      <Verdict card={tier.data} />
      <Reasons card={tier.data} />
      {canWrite && <Tools customer={customer} card={tier.data} />}
    </div>,
  );
}

function Verdict({ card }: { card: TierCard }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { current, tier, score, source, until, reason, byName, was, at } = card;
  if (source === 'hand')
    return (
      <>
        <p>
          <strong>{t('tier.byHand', { tier: current || tier })}</strong>{' '}
          {until ? t('tier.until', { date: format.date(until) }) : t('tier.untilChanged')}
        </p>
        {reason && <p className="tier-why">{reason}</p>}
        {byName && <p className="list-dim">{t('tier.byName', { name: byName })}</p>}
        {tier && tier !== current && (
          <p className="list-dim">{t('tier.wouldBe', { tier, score: format.number(score) })}</p>
        )}
      </>
    );
  if (!tier) return <p className="list-dim">{t('tier.none')}</p>;
  return (
    <>
      <p>
        <strong>{t('tier.score', { tier: current || tier, score: format.number(score) })}</strong>
      </p>
      {(at || was) && (
        <p className="list-dim">
          {[at && t('tier.at', { at: format.instant(at) }), was && t('tier.was', { tier: was })]
            .filter(Boolean)
            .join(' · ')}
        </p>
      )}
    </>
  );
}

function Reasons({ card }: { card: TierCard }) {
  const { t } = useTranslation();
  const format = useFormat();
  const reasons = card.reasons ?? [];
  if (!card.tier) return null;
  if (reasons.length === 0) return <p className="list-dim">{t('tier.full')}</p>;
  return (
    <ul className="why">
      {reasons.map(({ key, value, points, days = 60 }) => (
        <li key={key}>
          {t(`tier.reason.${key}`, { value: format.number(Math.round(value * 10) / 10), days, count: value })}{' '}
          <span className="list-dim num">
            {t('tier.points', { points: format.number(-Math.abs(Math.round(points * 10) / 10)) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Tools({ customer, card }: { customer: string; card: TierCard }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const set = useSetTier(customer);
  const [open, setOpen] = useState<boolean>();
  const run = (what: { score?: boolean }) =>
    set.mutate(what, {
      onSuccess: () => message.success(t('tier.computed')),
      onError: (cause) => message.error(errorText(cause, t).text),
    });
  return (
    <div className="tier-tools">
      <Button size="small" onClick={() => setOpen(true)}>
        {t('tier.set')}
      </Button>
      {card.source === 'hand' ? (
        <Button size="small" loading={set.isPending} onClick={() => run({ score: true })}>
          {t('tier.release')}
        </Button>
      ) : (
        <Button size="small" loading={set.isPending} onClick={() => run({})}>
          {t('tier.compute')}
        </Button>
      )}
      {open !== undefined && (
        <Suspense fallback={null}>
          <TierDrawer customer={customer} card={card} open={open} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </div>
  );
}
