import { useTranslation } from 'react-i18next';
import { useStepTexts } from '../canvas/texts';
import type { Catalog } from '../model/catalog';
import type { FlowNode } from '../model/document';
import { useDesigner } from '../store/designer';

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
