import { useCallback } from 'react';
import { useFlowTypes } from '../api/designer';
import { FlowCanvas } from '../canvas/FlowCanvas';
import { useStepTexts } from '../canvas/texts';
import type { Look } from '../canvas/view';
import type { FlowDocument, Place } from '../model/document';
import { useInspection, usePicture } from './useDocuments';

type Props = {
  label: string;
  document: FlowDocument;
  /** How a step stands out, if it does. */
  mark?: (id: string) => Partial<Look> | undefined;
  taken?: ReadonlySet<string>;
  selected?: string;
  onPick?: (id: string) => void;
  focus?: { id: string; at: number };
};

/** A flow to look at: a version, where runs stand, or the way somebody took. */
export function Picture({ label, document, mark, taken, selected, onPick, focus }: Props) {
  const { catalog } = useFlowTypes();
  const picture = usePicture(document, catalog);
  const inspection = useInspection(document).data;
  const texts = useStepTexts(catalog);
  const look = useCallback(
    (id: string): Look => {
      const node = picture?.graph.nodes[id];
      const base = texts.look(node ?? { type: '', v: 1 }, inspection?.nodes[id]?.sentence);
      return { ...base, ...mark?.(id) };
    },
    [picture, inspection, texts, mark],
  );
  const wayLabel = useCallback(
    (place: Place) => picture && texts.way(picture.graph, place),
    [picture, texts],
  );
  if (!picture) return null;
  return (
    <FlowCanvas
      label={label}
      graph={picture.graph}
      layout={picture.layout}
      look={look}
      wayLabel={wayLabel}
      taken={taken}
      selected={selected ? [selected] : undefined}
      focus={focus}
      onPickStill={onPick}
    />
  );
}
