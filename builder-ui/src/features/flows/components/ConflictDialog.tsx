import { Button, Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { useStepTexts } from '../canvas/texts';
import type { Catalog } from '../model/catalog';
import { type FlowNode, isObject, same } from '../model/document';
import type { Conflict } from '../model/sync';
import { decide } from '../model/sync';
import { useDesigner, useDesignerStore } from '../store/designer';

/** Two people changed the same thing: both sides, and the choice. Everything else is saved already. */
export function ConflictDialog() {
  const { t } = useTranslation();
  const store = useDesignerStore();
  const conflicts = useDesigner((state) => state.sync.conflicts);
  const catalog = useDesigner((state) => state.catalog);
  const solve = (unit: string, side: 'mine' | 'theirs') => {
    const { sync, hear } = store.getState();
    hear(decide(sync, unit, side));
    store.setState({ save: { kind: 'saving' } });
  };
  return (
    <Modal
      open={conflicts.length > 0}
      closable={false}
      footer={null}
      title={t('designer.conflict.title')}
      width={640}
      destroyOnHidden
    >
      <p className="drawer-sub">{t('designer.conflict.text')}</p>
      <ConflictList conflicts={conflicts} catalog={catalog} onSolve={solve} />
    </Modal>
  );
}

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

/** What a unit of the draft is called. */
export function useUnitName(catalog: Catalog) {
  const { t } = useTranslation();
  const texts = useStepTexts(catalog);
  const graph = useDesignerGraph();
  return (unit: string, value?: unknown): string => {
    const [kind = '', id = '', port = ''] = unit.split('/');
    if (kind === 'nodes') {
      const node = (value ?? graph?.nodes[id]) as FlowNode | undefined;
      return node?.type ? texts.title(node) : t('designer.unit_.nodes');
    }
    if (kind === 'edges') {
      const node = graph?.nodes[id];
      const title = node ? texts.title(node) : id;
      return port === 'out'
        ? t('designer.unit_.edge', { name: title })
        : t('designer.unit_.edgeOn', {
            name: title,
            way: graph && node ? texts.way(graph, { from: id, port }) : port,
          });
    }
    return t(`designer.unit_.${kind}`, { name: id, defaultValue: unit });
  };
}

const useDesignerGraph = () => useDesigner((state) => state.graph);
