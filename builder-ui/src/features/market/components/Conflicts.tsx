import { Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import type { Plan } from '../api/packs';
import {
  type Conflict,
  decide,
  differing,
  type Open,
  type PlanObject,
  pathOf,
  type Side,
  type Take,
  withDecided,
} from '../model/plan';

type Props = { plan: Plan; take: Take; onTake: (take: Take) => void };

const namesOf = (list: Open[]) =>
  list.map(({ object, conflict }) => `${pathOf(object)}/${conflict.unit}`).join('\n');

/** What both the workspace and the pack changed since it was installed: one card each, one choice each. */
export function Conflicts({ plan, take, onTake }: Props) {
  const { t } = useTranslation();
  const [seen, setSeen] = useState<Open[]>([]);
  // A plan that knows a choice has no conflict any more; the card stays, so that one can choose otherwise.
  const shown = withDecided(plan, take, seen);
  if (namesOf(shown) !== namesOf(seen)) setSeen(shown);
  if (shown.length === 0) return null;
  return (
    <div className="pack-part">
      <h3 className="pack-part-title">{t('market.conflicts')}</h3>
      <p className="list-sub">{t('market.conflictsText')}</p>
      <ul>
        {shown.map(({ object, conflict }) => (
          <ConflictCard
            key={`${pathOf(object)}/${conflict.unit}`}
            object={object}
            conflict={conflict}
            side={take[pathOf(object)]?.[conflict.unit]}
            onPick={(side) => onTake(decide(take, object, conflict.unit, side))}
          />
        ))}
      </ul>
    </div>
  );
}

type CardProps = {
  object: PlanObject;
  conflict: Conflict;
  side?: Side;
  onPick: (side: Side) => void;
};

function ConflictCard({ object, conflict, side, onPick }: CardProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = format.text(object.name) || object.as;
  const unit = format.text(conflict.name) || conflict.unit.replace(/^nodes\//, '');
  const says = { mine: format.text(conflict.mineSays), theirs: format.text(conflict.theirsSays) };
  const told = says.mine !== says.theirs;
  return (
    <li className="pack-conflict">
      <h4>
        {name} · {unit}
      </h4>
      <Radio.Group
        className="pack-sides"
        aria-label={t('market.conflictFor', { name, unit })}
        value={side}
        onChange={({ target }) => onPick(target.value)}
      >
        {(['mine', 'theirs'] as const).map((one) => (
          <Radio key={one} value={one} className="pack-side">
            <strong>{t(`market.side.${one}`)}</strong>
            {told && says[one] ? (
              <span className="pack-value">{says[one]}</span>
            ) : (
              <Value value={conflict[one]} other={conflict[one === 'mine' ? 'theirs' : 'mine']} />
            )}
          </Radio>
        ))}
      </Radio.Group>
    </li>
  );
}

/** Only what differs, value by value: who decides should not have to search for it. */
function Value({ value, other }: { value: unknown; other: unknown }) {
  const { t } = useTranslation();
  const rows = differing(value, other);
  if (value === undefined || value === null)
    return <span className="pack-value">{t('market.conflictGone')}</span>;
  return (
    <span className="pack-value">
      {rows.slice(0, 8).map(({ name, text }) => (
        <span key={name} className="pack-leaf">
          {name && <span className="pack-unit">{name}: </span>}
          {text.length > 400 ? `${text.slice(0, 400)}…` : text}
        </span>
      ))}
    </span>
  );
}
