import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { useStepTexts } from '../canvas/texts';
import type { Catalog } from '../model/catalog';
import { type FlowNode, isObject, type Param } from '../model/document';
import { readNote, stopsOf } from '../model/draft';
import { useDesigner } from '../store/designer';

const longest = 40;

/** What a goal or exit is called: those that packs bring have names, others are counted. */
export function useStopName(): (id: string) => string {
  const { t } = useTranslation();
  const local = useDesigner((state) => state.sync.local);
  return (id) => {
    const at = stopsOf(local).findIndex((stop) => stop.id === id);
    return t(`designer.stopName.${id}`, {
      defaultValue: at < 0 ? id : t('designer.stopNumber', { number: at + 1 }),
    });
  };
}

/** What a unit of the draft is called. */
export function useUnitName(catalog: Catalog) {
  const { t } = useTranslation();
  const texts = useStepTexts(catalog);
  const graph = useDesignerGraph();
  const format = useFormat();
  const stopName = useStopName();
  return (unit: string, value?: unknown): string => {
    const [kind = '', id = '', port = ''] = unit.split('/');
    if (kind === 'nodes') {
      const node = (value ?? graph?.nodes[id]) as FlowNode | undefined;
      return isObject(node) && node.type ? texts.title(node) : t('designer.unit_.nodes');
    }
    if (kind === 'edges') {
      const node = graph?.nodes[id];
      const title = node ? texts.title(node) : t('designer.unit_.nodes');
      return port === 'out'
        ? t('designer.unit_.edge', { name: title })
        : t('designer.unit_.edgeOn', {
            name: title,
            way: graph && node ? texts.way(graph, { from: id, port }) : port,
          });
    }
    if (kind === 'notes') {
      const text = readNote(value, format.lang).text.trim().split('\n', 1)[0] ?? '';
      const short = text.length > longest ? `${text.slice(0, longest)}…` : text;
      return short ? t('designer.unit_.note', { name: short }) : t('designer.unit_.notes');
    }
    if (kind === 'stops') return t('designer.unit_.stops', { name: stopName(id) });
    if (kind === 'params')
      return t('designer.unit_.params', { name: format.text((value as Param | undefined)?.name) || id });
    return t(`designer.unit_.${kind}`, { defaultValue: t('designer.unit_.other') });
  };
}

const useDesignerGraph = () => useDesigner((state) => state.graph);
