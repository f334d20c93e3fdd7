import { combine } from '@atlaskit/pragmatic-drag-and-drop/combine';
import {
  draggable,
  dropTargetForElements,
  monitorForElements,
} from '@atlaskit/pragmatic-drag-and-drop/element/adapter';
import { autoScrollForElements } from '@atlaskit/pragmatic-drag-and-drop-auto-scroll/element';
import { isClosed } from '../model/query';
import type { ColumnKey } from '../model/types';

/** A card one can pick up; with it go all that are selected, when it is one of them. */
export function dragCard(element: HTMLElement, ids: () => string[], onLift: (ids: string[]) => void) {
  return draggable({
    element,
    getInitialData: () => ({ cards: ids() }),
    onDragStart: () => onLift(ids()),
  });
}

/** A column cards are let go over. One that follows from dates takes them too, to say why it does not. */
export function dropColumn(element: HTMLElement, column: ColumnKey, onOver: (over: boolean) => void) {
  return combine(
    dropTargetForElements({
      element,
      getData: () => ({ column }),
      getDropEffect: () => (isClosed(column) ? 'link' : 'move'),
      onDragEnter: () => onOver(true),
      onDragLeave: () => onOver(false),
      onDrop: () => onOver(false),
    }),
    autoScrollForElements({ element }),
  );
}

export function watchBoard(element: HTMLElement, onDrop: (ids: string[], to?: ColumnKey) => void) {
  return combine(
    autoScrollForElements({ element }),
    monitorForElements({
      onDrop: ({ source, location }) =>
        onDrop(
          source.data.cards as string[],
          location.current.dropTargets[0]?.data.column as ColumnKey | undefined,
        ),
    }),
  );
}
