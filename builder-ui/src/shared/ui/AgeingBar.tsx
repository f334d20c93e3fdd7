import { useTranslation } from 'react-i18next';
import type { Ageing } from '../api/types';
import { rampOf } from '../lib/ageing';
import { useFormat } from '../lib/useFormat';

/** The bar alone, for the eye; the figures must stand beside it in words. */
export function AgeingStrip({ ageing }: { ageing: Ageing }) {
  const total = ageing.buckets.reduce((sum, { amount }) => sum + Math.max(0, amount), 0);
  return (
    <div className="ageing-bar" aria-hidden>
      {ageing.buckets
        .filter(({ amount }) => amount > 0)
        .map(({ key, amount }) => (
          <span
            key={key}
            className={`ageing-part fill-${key === '90+' ? 'ramp4' : rampOf(key)}`}
            style={{ flexGrow: amount / total }}
          />
        ))}
    </div>
  );
}

/** One currency's receivables by age: a bar for the eye, the figures in words below it. */
export function AgeingBar({ ageing }: { ageing: Ageing }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className="ageing">
      <AgeingStrip ageing={ageing} />
      <ul className="ageing-legend">
        {ageing.buckets.map(({ key, count, amount }) => (
          <li key={key} className="ageing-item">
            <span className={`chip ${rampOf(key)}`}>{t(`bucket.${key}`)}</span>
            <span className="ageing-amount num">{format.money(amount, ageing.currency)}</span>
            <span className="ageing-count">{t('bucket.count', { count })}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
