import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import type { Catalog, Schema } from '../model/catalog';
import { type FlowNode, isObject, same } from '../model/document';
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
                  <Difference
                    value={conflict[side]}
                    other={conflict[side === 'mine' ? 'theirs' : 'mine']}
                    settings={catalog.of((conflict.mine ?? conflict.theirs) as FlowNode)?.schema.properties}
                  />
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

type DifferenceProps = { value: unknown; other: unknown; settings?: Record<string, Schema> };

/** Only what differs: the settings by their names, values as people read them. */
function Difference({ value, other, settings }: DifferenceProps) {
  const { t } = useTranslation();
  const format = useFormat();
  if (value === undefined) return <p className="conflict-gone">{t('designer.conflict.gone')}</p>;
  const flat = flatten(value);
  const against = flatten(other);
  const rows = Object.entries(flat).filter(([key, part]) => !same(part, against[key]));
  const say = (part: unknown, schema?: Schema): string => {
    const label = schema?.['x-df-labels']?.[String(part)];
    if (label) return format.text(label);
    if (Array.isArray(part)) return part.map((one) => say(one, schema?.items)).join(t('designer.comma'));
    if (!isObject(part)) return String(part);
    if ('en' in part || 'zh-CN' in part) return format.text(part as never);
    if ('value' in part && typeof part.unit === 'string')
      return `${part.value} ${t(`designer.unit.${part.unit}`, { defaultValue: part.unit })}`;
    return Object.entries(part)
      .map(
        ([key, inner]) => `${title(schema?.properties?.[key], key)} ${say(inner, schema?.properties?.[key])}`,
      )
      .join(t('designer.comma'));
  };
  const title = (schema: Schema | undefined, key: string) => format.text(schema?.['x-df-title']) || key;
  return (
    <dl className="conflict-values">
      {rows.slice(0, 8).map(([key, part]) => (
        <div key={key}>
          {key && <dt>{title(settings?.[key], key)}</dt>}
          <dd dir="auto">{say(part, settings?.[key])}</dd>
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
