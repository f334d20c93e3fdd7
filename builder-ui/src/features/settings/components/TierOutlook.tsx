import { Button } from 'antd';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { Tier } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { TierMark } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import type { Outlook, Shift } from '../model/tiers';

type Props = { outlook: Outlook; saving: boolean; onSave: () => void };

const tiers = ['A', 'B', 'C', ''] as const;

export function TierOutlook({ outlook, saving, onSave }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { counted, complete, changed, unscored, byHand, before, after, moves } = outlook;
  const top = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new outlook is brought into sight
  useEffect(() => {
    top.current?.scrollIntoView?.({ block: 'nearest' });
  }, [outlook]);
  const notes = [
    t(complete ? 'scoring.previewText' : 'scoring.previewSome', { count: counted }),
    unscored > 0 && t('scoring.unscored', { count: unscored }),
    byHand > 0 && t('scoring.byHand', { count: byHand }),
  ].filter(Boolean);
  return (
    <div ref={top}>
      <Section
        title={t('scoring.previewTitle')}
        count={changed}
        className="settings-form settings-gap scoring"
      >
        <p className="list-sub" role="status">
          {changed === 0 && <strong>{t('scoring.previewNone')} </strong>}
          {notes.join(' ')}
        </p>
        <table className="scoring-table">
          <thead>
            <tr>
              <th scope="col">{t('customer.tier')}</th>
              <th scope="col">{t('scoring.now')}</th>
              <th scope="col">{t('scoring.then')}</th>
            </tr>
          </thead>
          <tbody>
            {tiers
              .filter((tier) => tier || before[''] || after[''])
              .map((tier) => (
                <tr key={tier}>
                  <th scope="row">{tier ? <TierMark tier={tier} /> : t('scoring.noTier')}</th>
                  <td className="num">{format.number(before[tier] ?? 0)}</td>
                  <td className="num">{format.number(after[tier] ?? 0)}</td>
                </tr>
              ))}
          </tbody>
        </table>
        <ul className="scoring-moves">
          {moves.map((move) => (
            <Move key={move.from + move.to} move={move} />
          ))}
        </ul>
        <Button type="primary" loading={saving} onClick={onSave}>
          {t('scoring.save')}
        </Button>
      </Section>
    </div>
  );
}

function Move({ move }: { move: Shift }) {
  const { t } = useTranslation();
  const name = (tier: Tier | '') => tier || t('scoring.noTier');
  return (
    <li>
      <strong>{t('scoring.move', { count: move.count, from: name(move.from), to: name(move.to) })}</strong>
      {': '}
      {move.examples.map(({ id, name, score, next }, at) => (
        <span key={id}>
          {at > 0 && ', '}
          <Link to={`/customers/${id}`}>{t('scoring.example', { name, score, next })}</Link>
        </span>
      ))}
      {move.count > move.examples.length && ' …'}
    </li>
  );
}
