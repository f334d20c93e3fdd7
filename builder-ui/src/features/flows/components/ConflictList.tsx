import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import type { Catalog } from '../model/catalog';
import { isObject, same } from '../model/document';
import type { Conflict } from '../model/sync';
import { useUnitName } from './useUnitName';

type ListProps = {
  conflicts: readonly Conflict[];
  catalog: Catalog;
  onSolve: (unit: string, side: 'mine' | 'theirs') => void;
};

export function ConflictList({ conflicts, catalog, onSolve }: ListProps) {
  const { t } = useTranslation();
  const name = useUnitName(catalog);
  return (
    <ul className="conflicts">
      {conflicts.map((conflict) => {
        const what = name(conflict.unit, conflict.mine ?? conflict.theirs);
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
                  <Difference value={conflict[side]} other={conflict[side === 'mine' ? 'theirs' : 'mine']} />
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

/** Only what differs: the settings by name, values as people typed them. */
function Difference({ value, other }: { value: unknown; other: unknown }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (value === undefined) return <p className="conflict-gone">{t('designer.conflict.gone')}</p>;
  const flat = flatten(value);
  const against = flatten(other);
  const rows = Object.entries(flat).filter(([key, part]) => !same(part, against[key]));
  const say = (part: unknown): string =>
    isObject(part) && ('en' in part || 'zh-CN' in part)
      ? format.text(part as never)
      : typeof part === 'string'
        ? part
        : JSON.stringify(part);
  return (
    <dl className="conflict-values">
      {rows.slice(0, 8).map(([key, part]) => (
        <div key={key}>
          {key && <dt>{key}</dt>}
          <dd dir="auto">{say(part)}</dd>
        </div>
      ))}
    </dl>
  );
}

function flatten(value: unknown): Record<string, unknown> {
  if (!isObject(value)) return value === undefined ? {} : { '': value };
  if ('en' in value || 'zh-CN' in value) return { '': value };
  const { cfg, ...rest } = value;
  return { ...rest, ...(isObject(cfg) ? cfg : {}) };
}
