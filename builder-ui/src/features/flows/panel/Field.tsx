import { type ReactNode, useId } from 'react';
import { useExtra } from './context';

type Props = {
  label: string;
  help?: string;
  error?: string;
  extra?: ReactNode;
  /** A group of controls instead of one: the label names the group. */
  group?: boolean;
  children: (ids: { id: string; describedBy?: string; invalid: boolean }) => ReactNode;
};

/** A control with its label, help and the server's verdict, joined by ids. */
export function Field({ label, help, error, extra, group, children }: Props) {
  const offered = useExtra();
  const id = useId();
  const describedBy = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const body = children({ id, describedBy, invalid: error !== undefined });
  return (
    <div
      className={error ? 'prop prop-bad' : 'prop'}
      {...(group && { role: 'group', 'aria-labelledby': `${id}-label`, 'aria-describedby': describedBy })}
    >
      <div className="prop-head">
        {group ? (
          <span className="prop-label" id={`${id}-label`}>
            {label}
          </span>
        ) : (
          <label className="prop-label" htmlFor={id}>
            {label}
          </label>
        )}
        {extra}
        {offered}
      </div>
      {body}
      {help && (
        <p className="prop-help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {error && (
        <p className="prop-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </div>
  );
}
