import { PlusOutlined } from '@ant-design/icons';
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Place } from '../model/document';
import type { Events, WayEdgeType } from './view';

/** A way from step to step, with its label on its own lane and a place to put something in. */
export const WayEdge = memo(function WayEdge({ data, markerEnd }: EdgeProps<WayEdgeType>) {
  if (!data) return null;
  const { drawn, label, events, place, taken, dim, open } = data;
  return (
    <>
      <BaseEdge
        path={drawn.path}
        markerEnd={open ? undefined : markerEnd}
        className={[
          'way',
          open && 'way-open',
          data.back && 'way-back',
          taken && 'way-taken',
          dim && 'way-dim',
        ]
          .filter(Boolean)
          .join(' ')}
        interactionWidth={0}
      />
      {(label || (events && !open)) && (
        <EdgeLabelRenderer>
          {label && (
            <span
              className={dim ? 'way-label way-label-dim' : 'way-label'}
              dir="auto"
              title={label}
              style={{ transform: `translate(-50%, -50%) translate(${drawn.label.x}px, ${drawn.label.y}px)` }}
            >
              {label}
            </span>
          )}
          {events && !open && (
            <Plus place={place} after={data.after} events={events} x={drawn.plus.x} y={drawn.plus.y} />
          )}
        </EdgeLabelRenderer>
      )}
    </>
  );
});

function Plus({
  place,
  after,
  events,
  x,
  y,
}: {
  place: Place;
  after: string;
  events: Events;
  x: number;
  y: number;
}) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (button.current) return events.drop(button.current, place);
  }, [events, place]);
  return (
    <button
      ref={button}
      type="button"
      className="plus nopan"
      data-place={`${place.from}/${place.port}`}
      tabIndex={-1}
      aria-label={t('designer.addAfter', { name: after })}
      style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
      onClick={(event) => events.insert(place, event.currentTarget)}
    >
      <PlusOutlined />
    </button>
  );
}
