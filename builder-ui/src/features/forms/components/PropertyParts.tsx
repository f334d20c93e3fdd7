import { Checkbox, Input, InputNumber, Select } from 'antd';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang } from '@/shared/api/types';
import type { Names } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="fd-part" role="group" aria-label={title}>
      <h2 className="fd-part-title">{title}</h2>
      {children}
    </div>
  );
}

type RowProps = { label: string; help?: string; error?: string; children: (id: string) => ReactNode };

export function Row({ label, help, error, children }: RowProps) {
  const id = useId();
  return (
    <div className="fd-row">
      <label htmlFor={id}>{label}</label>
      {children(id)}
      {help && <p className="rf-help">{help}</p>}
      {error && (
        <p className="rf-error" role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

type TextRowProps = {
  label: string;
  value?: string;
  onChange: (value: string) => void;
  help?: string;
  error?: string;
  disabled?: boolean;
  rows?: number;
  max?: number;
  mono?: boolean;
  onLeave?: () => void;
};

export function TextRow({
  label,
  value = '',
  onChange,
  help,
  error,
  disabled,
  rows,
  max = 500,
  mono,
  onLeave,
}: TextRowProps) {
  return (
    <Row label={label} help={help} error={error}>
      {(id) =>
        rows ? (
          <Input.TextArea
            id={id}
            rows={rows}
            value={value}
            maxLength={max}
            disabled={disabled}
            className={mono ? 'fd-mono' : undefined}
            status={error ? 'error' : undefined}
            onChange={({ target }) => onChange(target.value)}
          />
        ) : (
          <Input
            id={id}
            value={value}
            maxLength={max}
            disabled={disabled}
            className={mono ? 'fd-mono' : undefined}
            status={error ? 'error' : undefined}
            autoComplete="off"
            onBlur={onLeave}
            onChange={({ target }) => onChange(target.value)}
          />
        )
      }
    </Row>
  );
}

type NumberRowProps = {
  label: string;
  value?: number;
  onChange: (value?: number) => void;
  min?: number;
  max?: number;
  whole?: boolean;
  disabled?: boolean;
};

export function NumberRow({ label, value, onChange, min, max, whole, disabled }: NumberRowProps) {
  return (
    <Row label={label}>
      {(id) => (
        <InputNumber
          id={id}
          className="field-full num"
          value={value ?? null}
          min={min}
          max={max}
          precision={whole ? 0 : undefined}
          controls={false}
          disabled={disabled}
          onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
        />
      )}
    </Row>
  );
}

type SelectRowProps = {
  label: string;
  value?: string;
  options: { value: string; label: string }[];
  onChange: (value?: string) => void;
  clear?: boolean;
  disabled?: boolean;
  help?: string;
};

export function SelectRow({ label, value, options, onChange, clear, disabled, help }: SelectRowProps) {
  return (
    <Row label={label} help={help}>
      {(id) => (
        <Select
          id={id}
          className="field-full"
          value={value}
          options={options}
          allowClear={clear}
          disabled={disabled}
          showSearch={options.length > 8 ? { optionFilterProp: 'label' } : undefined}
          onChange={(next?: string) => onChange(next)}
        />
      )}
    </Row>
  );
}

type TickProps = {
  label: string;
  checked?: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
  help?: string;
};

export function Tick({ label, checked, onChange, disabled, help }: TickProps) {
  return (
    <div className="fd-tick">
      <Checkbox
        checked={checked === true}
        disabled={disabled}
        onChange={({ target }) => onChange(target.checked)}
      >
        {label}
      </Checkbox>
      {help && <p className="rf-help">{help}</p>}
    </div>
  );
}

type NamesRowProps = { label: string; names?: Names; onChange: (names: Names) => void; rows?: number };

/** A text per language, one below the other. */
export function NamesRow({ label, names, onChange, rows }: NamesRowProps) {
  const { t } = useTranslation();
  const own = useFormat().lang;
  const langs: Lang[] = own === 'en' ? ['en', 'zh-CN'] : ['zh-CN', 'en'];
  return langs.map((lang) => (
    <TextRow
      key={lang}
      label={t('forms.inLanguage', { label, language: t(`langName.${lang}`) })}
      value={names?.[lang]}
      rows={rows}
      onChange={(value) => onChange({ ...names, [lang]: value })}
    />
  ));
}
