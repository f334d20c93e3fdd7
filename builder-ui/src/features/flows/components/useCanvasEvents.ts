import { useEffect, useMemo, useState } from 'react';
import type { Events } from '../canvas/view';
import type { Place } from '../model/document';
import { insert, move, moveRefusal } from '../model/graph';
import type { DesignerStore } from '../store/designer';
import { withDrag } from './dnd';

/** Clicks and drags on the canvas, made once, so that the cards need not be drawn again. */
export function useCanvasEvents(
  store: DesignerStore,
  enterPanel: () => void,
  showPanel: () => void,
): { events: Events; dragging: boolean } {
  const [dragging, setDragging] = useState(false);
  const events = useMemo<Events>(() => {
    const fits = (data: Record<string | symbol, unknown>, place: Place) => {
      const { graph, catalog } = store.getState();
      if (data.kind === 'step') return moveRefusal(graph, data.id as string, place) === undefined;
      const type = catalog.types.find((entry) => entry.type === data.type);
      return type !== undefined && !(type.ports?.length === 0 && graph.next.get(place.from)?.has(place.port));
    };
    return {
      pick: (id, more) => {
        const { selected, select } = store.getState();
        if (!more) {
          // On a phone the settings lie over the canvas and are closed until a step is chosen.
          showPanel();
          return select([id]);
        }
        select(selected.includes(id) ? selected.filter((other) => other !== id) : [...selected, id]);
      },
      enter: (id) => {
        store.getState().select([id]);
        enterPanel();
      },
      insert: (place, from) => store.getState().open({ place, at: below(from) }),
      drag: (element, id) =>
        withDrag(({ draggable }) =>
          draggable({
            element,
            canDrag: () => store.getState().graph.trigger !== id && !moveRefusal(store.getState().graph, id),
            getInitialData: () => ({ kind: 'step', id }),
          }),
        ),
      drop: (element, place) =>
        withDrag(({ dropTargetForElements }) =>
          dropTargetForElements({
            element,
            canDrop: ({ source }) => fits(source.data, place),
            getData: () => ({ place }),
            onDragEnter: () => element.classList.add('plus-over'),
            onDragLeave: () => element.classList.remove('plus-over'),
            onDrop: ({ source }) => {
              element.classList.remove('plus-over');
              const { sync, catalog, change, select, add } = store.getState();
              if (source.data.kind === 'step') {
                const id = source.data.id as string;
                change(move(sync.local, catalog, id, place));
                return select([id], true);
              }
              const type = catalog
                .newest('act')
                .concat(catalog.newest('time'), catalog.newest('logic'))
                .find((entry) => entry.type === source.data.type);
              if (!type) return;
              add(insert(sync.local, catalog, type, place));
            },
          }),
        ),
    };
  }, [store, enterPanel, showPanel]);
  useEffect(
    () =>
      withDrag(({ monitorForElements }) =>
        monitorForElements({
          onDragStart: () => setDragging(true),
          onDrop: () => setDragging(false),
        }),
      ),
    [],
  );
  return { events, dragging };
}

/** Where a menu opens below an element, in the canvas's own pixels. */
export function below(element: HTMLElement) {
  const canvas = element.closest('.designer-stage')?.getBoundingClientRect();
  const box = element.getBoundingClientRect();
  return {
    x: box.left + box.width / 2 - (canvas?.left ?? 0),
    y: box.bottom + 6 - (canvas?.top ?? 0),
    width: canvas?.width ?? window.innerWidth,
  };
}
