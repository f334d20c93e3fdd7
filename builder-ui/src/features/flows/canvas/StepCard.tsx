import { EditFilled, ExclamationCircleFilled, WarningFilled } from '@ant-design/icons';
import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/shared/ui/Avatar';
import { StepIcon } from './icons';
import type { StepNode } from './view';

/** One step: what it is, and in a sentence what it does here. */
export const StepCard = memo(function StepCard({ id, data }: NodeProps<StepNode>) {
  const { t } = useTranslation();
  const card = useRef<HTMLButtonElement>(null);
  const { focusAt, events } = data;

  useEffect(() => {
    if (!focusAt) return;
    // The canvas brings the step into sight itself; the browser's own scrolling would shift it.
    card.current?.focus({ preventScroll: true });
  }, [focusAt]);
  useEffect(() => {
    const element = card.current;
    if (!element || !events?.drag) return;
    return events.drag(element, id);
  }, [events, id]);

  const classes = [
    'step',
    `step-${data.tint}`,
    data.shape !== 'card' && `step-${data.shape}`,
    data.selected && 'step-on',
    data.disabled && 'step-off',
    data.dim && 'step-dim',
    data.mark && `step-${data.mark}`,
    !data.known && 'step-unknown',
    // What can be dragged must not push the canvas.
    events && data.shape !== 'pill' && 'nopan',
  ];
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} className="handle" />
      <Handle type="source" position={Position.Bottom} isConnectable={false} className="handle" />
      <button
        ref={card}
        type="button"
        data-step={id}
        className={classes.filter(Boolean).join(' ')}
        tabIndex={data.tabbable ? 0 : -1}
        aria-pressed={events ? data.selected : undefined}
        aria-label={data.spoken}
        onClick={(event) => events?.pick(id, event.shiftKey || event.ctrlKey || event.metaKey)}
        onDoubleClick={() => events?.enter(id)}
      >
        <span className="step-icon" aria-hidden>
          <StepIcon type={data.type} known={data.known} />
        </span>
        <span className="step-words">
          <span className="step-title" dir="auto">
            {data.title}
          </span>
          {data.sentence !== data.title && (
            <span className={data.sentence ? 'step-sentence' : 'step-sentence step-missing'} dir="auto">
              {data.sentence || t(data.issue === 'todo' ? 'designer.toSetUp' : 'designer.noSentence')}
            </span>
          )}
        </span>
        {data.issue && (
          <span className={`step-issue step-issue-${data.issue}`} aria-hidden>
            {data.issue === 'todo' ? (
              <EditFilled />
            ) : data.issue === 'error' ? (
              <ExclamationCircleFilled />
            ) : (
              <WarningFilled />
            )}
          </span>
        )}
        {data.people.length > 0 && (
          <span className="step-people" aria-hidden>
            {data.people.slice(0, 3).map(({ session, name, editing }) => (
              <span key={session} className={editing ? 'person person-editing' : 'person'}>
                <Avatar name={name} />
              </span>
            ))}
          </span>
        )}
        {data.badge && <span className="step-badge">{data.badge}</span>}
      </button>
    </>
  );
});
