import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Text } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { type Catalog, portLabel } from '../model/catalog';
import type { FlowNode, Place } from '../model/document';
import type { Graph } from '../model/graph';
import { tintOf } from './icons';
import type { Look } from './view';

/** How steps and ways are called in the reader's language. */
export function useStepTexts(catalog: Catalog) {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(() => {
    const typeName = (node: FlowNode) => format.text(catalog.of(node)?.name) || node.type;
    const title = (node: FlowNode) => format.text(node.label) || typeName(node);
    const way = (graph: Graph, { from, port }: Place) => {
      const node = graph.nodes[from];
      const label = node && format.text(portLabel(node, catalog.of(node), port));
      if (label || !node) return label || port;
      // "Next" says little where there are several: each kind of step has its own word for it.
      const usual = t(`designer.port.${port}`, { defaultValue: port });
      return t(`designer.portOf.${node.type}.${port}`, { defaultValue: usual });
    };
    const look = (node: FlowNode, words: Text | undefined): Look => {
      const type = catalog.of(node);
      const trigger = catalog.isTrigger(node);
      const said = type ? format.text(words) : t('designer.unknownType', { type: node.type, v: node.v });
      // "Start: …" and "Task: …" repeat what the title and the icon say already.
      const short = said.replace(/^(Start|Task|开始|任务)\s*[:：]\s*/, '');
      const name = title(node);
      return {
        type: node.type,
        title: name,
        sentence: short.charAt(0).toUpperCase() + short.slice(1),
        spoken: [typeName(node), name === typeName(node) ? '' : name, said]
          .filter(Boolean)
          .join(t('designer.pause')),
        tint: tintOf(type),
        shape: trigger ? 'pill' : type?.ports?.length === 0 ? 'end' : 'card',
        known: type !== undefined,
        disabled: node.disabled,
      };
    };
    return { typeName, title, way, look };
  }, [t, format, catalog]);
}
