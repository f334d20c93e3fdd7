import { PlusOutlined } from '@ant-design/icons';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { OpenNode } from './view';

/** Something is missing here: a dashed place that asks what happens next. */
export const OpenEnd = memo(function OpenEnd({ data }: NodeProps<OpenNode>) {
  const { t } = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const { place, events } = data;
  useEffect(() => {
    if (button.current && events?.drop) return events.drop(button.current, place);
  }, [events, place]);
  const handle = <Handle type="target" position={Position.Top} isConnectable={false} className="handle" />;
  if (!events)
    return (
      <>
        {handle}
        <span className="open-end open-end-still">
          <span>{t('designer.open')}</span>
        </span>
      </>
    );
  return (
    <>
      {handle}
      <button
        ref={button}
        type="button"
        className="open-end nopan"
        data-place={`${place.from}/${place.port}`}
        tabIndex={-1}
        aria-label={t('designer.addAfter', { name: data.after })}
        onClick={(event) => events.insert(place, event.currentTarget)}
      >
        <PlusOutlined />
        <span>{t('designer.next')}</span>
      </button>
    </>
  );
});
