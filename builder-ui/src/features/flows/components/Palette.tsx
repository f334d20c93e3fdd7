import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { StepIcon, tintOf } from '../canvas/icons';
import { groups, type NodeType } from '../model/catalog';
import { insert, mainWay, openEnds } from '../model/graph';
import { useDesigner, useDesignerStore } from '../store/designer';
import { withDrag } from './dnd';

/** Steps to drag to a "+", or to click: a click adds after the chosen step. */
export function Palette() {
  const { t } = useTranslation();
  const catalog = useDesigner((state) => state.catalog);
  return (
    <aside className="palette" aria-label={t('designer.palette')}>
      <p className="palette-hint">{t('designer.paletteHint')}</p>
      {groups.map((group) => (
        <section key={group} aria-label={t(`designer.groups.${group}`)}>
          <h2 className="palette-title">{t(`designer.groups.${group}`)}</h2>
          <ul>
            {catalog.newest(group).map((type) => (
              <li key={type.type}>
                <Tile type={type} />
              </li>
            ))}
          </ul>
        </section>
      ))}
    </aside>
  );
}

function Tile({ type }: { type: NodeType }) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDesignerStore();
  const tile = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    const element = tile.current;
    return element
      ? withDrag(({ draggable }) =>
          draggable({ element, getInitialData: () => ({ kind: 'new', type: type.type }) }),
        )
      : undefined;
  }, [type]);
  const add = () => {
    const { graph, selected, sync, catalog, add: put } = store.getState();
    const chosen = selected.find((id) => graph.nodes[id]) ?? lastOpen();
    if (!chosen) return;
    const ports = graph.ports.get(chosen);
    const open = ports?.required.find((port) => !graph.next.get(chosen)?.has(port));
    const port = open ?? mainWay(graph, chosen) ?? ports?.required[0];
    if (!port || (type.ports?.length === 0 && graph.next.get(chosen)?.has(port))) return;
    put(insert(sync.local, catalog, type, { from: chosen, port }));
  };
  const lastOpen = () => {
    const { graph } = store.getState();
    return openEnds(graph).at(-1)?.from ?? graph.trigger;
  };
  const name = format.text(type.name);
  return (
    <button
      ref={tile}
      type="button"
      className="tile"
      title={format.text(type.about)}
      onClick={add}
      aria-label={t('designer.addStep', { name })}
    >
      <span className={`step-icon tint-${tintOf(type)}`} aria-hidden>
        <StepIcon type={type.type} />
      </span>
      {name}
    </button>
  );
}
