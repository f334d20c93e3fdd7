import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

type Props = {
  id: string;
  label: ReactNode;
  required?: boolean;
  help?: string;
  error?: string;
  /** Several controls below one label: the label names their group. */
  group?: boolean;
  children: ReactNode;
};

/** Label, control, help and error of one field, joined by their ids. */
export function Field({ id, label, required, help, error, group, children }: Props) {
  const { t } = useTranslation();
  const mark = required && <span className="rf-required">{t('record.required')}</span>;
  return (
    <div className={error ? 'rf-field rf-field-bad' : 'rf-field'} id={`${id}-field`}>
      {group ? (
        <span className="rf-label" id={`${id}-label`}>
          {label} {mark}
        </span>
      ) : (
        <label className="rf-label" htmlFor={id} id={`${id}-label`}>
          {label} {mark}
        </label>
      )}
      {children}
      {help && (
        <p className="rf-help" id={`${id}-help`}>
          {help}
        </p>
      )}
      {error && (
        <p className="rf-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

/** What a control says about itself to those who cannot see the page. */
export const described = (id: string, help?: string, error?: string) =>
  [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
