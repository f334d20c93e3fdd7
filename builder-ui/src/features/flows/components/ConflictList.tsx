import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Catalog, Schema } from '../model/catalog';
import { conflictRows, type Row, type Side } from '../model/conflictRows';
import type { FlowNode, Param } from '../model/document';
import { paramSchema } from '../model/params';
import type { Conflict } from '../model/sync';
import { useUnitName } from './useUnitName';
import { useValueWords } from './useValueWords';

type ListProps = {
  conflicts: readonly Conflict[];
  catalog: Catalog;
  onSolve: (unit: string, side: 'mine' | 'theirs') => void;
};

export function ConflictList({ conflicts, catalog, onSolve }: ListProps) {
  const { t } = useTranslation();
  const name = useUnitName(catalog);
  const words = useValueWords();
  const step = (id: string) => name(`nodes/${id}`);
  return (
    <ul className="conflicts">
      {conflicts.map((conflict) => {
        const value = conflict.mine ?? conflict.theirs;
        const what = name(conflict.unit, value);
        const rows = conflictRows(words, conflict, schemasOf(conflict.unit, value, catalog));
        return (
          <li key={conflict.unit} className="conflict">
            <h3 className="conflict-name" dir="auto">
              {what}
            </h3>
            <div className="conflict-sides">
              {(['mine', 'theirs'] as const).map((side) => (
                <section key={side} className="conflict-side">
                  <h4>
                    {side === 'mine'
                      ? t('designer.conflict.mine')
                      : t('designer.conflict.theirs', { name: conflict.by?.name ?? '' })}
                  </h4>
                  <SideWords conflict={conflict} rows={rows} side={side} at={step} />
                  <Button
                    onClick={() => onSolve(conflict.unit, side)}
                    aria-label={t(`designer.conflict.${side === 'mine' ? 'keepNamed' : 'takeNamed'}`, {
                      name: what,
                    })}
                  >
                    {t(`designer.conflict.${side === 'mine' ? 'keep' : 'take'}`)}
                  </Button>
                </section>
              ))}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** Which kinds of settings a unit holds: a step's are its type's, a parameter's value is of its own type. */
const schemasOf = (unit: string, value: unknown, catalog: Catalog): Record<string, Schema> | undefined =>
  unit.startsWith('params/')
    ? { default: paramSchema((value as Param).type) }
    : catalog.of(value as FlowNode)?.schema.properties;

type SideProps = { conflict: Conflict; rows: Row[]; side: Side; at: (step: string) => string };

/** Only what differs, by the names that the panels give it. */
function SideWords({ conflict, rows, side, at }: SideProps) {
  const { t } = useTranslation();
  const value = conflict[side];
  if (value === undefined) return <p className="conflict-gone">{t('designer.conflict.gone')}</p>;
  if (conflict.unit.startsWith('edges/')) return <p dir="auto">{at(String(value))}</p>;
  if (rows.length === 0) return <p>{t(`designer.conflict.place.${side}`)}</p>;
  return (
    <dl className="conflict-values">
      {rows.slice(0, 8).map(({ title, ...said }) => (
        <div key={title}>
          {title && <dt>{title}</dt>}
          <dd dir="auto">{said[side]}</dd>
        </div>
      ))}
    </dl>
  );
}
