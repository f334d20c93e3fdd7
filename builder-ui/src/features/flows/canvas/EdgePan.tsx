import { useReactFlow } from '@xyflow/react';
import { type RefObject, useEffect } from 'react';
import { withDrag } from '../components/dnd';
import { edgePull } from './geometry';

/** While a step is dragged near the border of the canvas, the canvas moves on under it. */
export function EdgePan({ box }: { box: RefObject<HTMLElement | null> }) {
  const flow = useReactFlow();
  useEffect(() => {
    let frame = 0;
    let at: { x: number; y: number } | undefined;
    const tick = () => {
      const area = box.current?.getBoundingClientRect();
      if (!at || !area) return;
      const pull = edgePull(area, at);
      if (pull.x || pull.y) {
        const { x, y, zoom } = flow.getViewport();
        void flow.setViewport({ x: x + pull.x, y: y + pull.y, zoom });
      }
      frame = requestAnimationFrame(tick);
    };
    const stop = () => {
      cancelAnimationFrame(frame);
      at = undefined;
    };
    const forget = withDrag(({ monitorForElements }) =>
      monitorForElements({
        onDrag: ({ location }) => {
          const first = at === undefined;
          at = { x: location.current.input.clientX, y: location.current.input.clientY };
          if (first) frame = requestAnimationFrame(tick);
        },
        onDrop: stop,
      }),
    );
    return () => {
      forget();
      stop();
    };
  }, [flow, box]);
  return null;
}
