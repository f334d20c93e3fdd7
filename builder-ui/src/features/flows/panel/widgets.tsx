import { Input, InputNumber, Select, Switch } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { useChannels, useFields, useFlowTypes, useRoles, useUsers } from '../api/designer';
import type { Schema } from '../model/catalog';
import { byGroup } from '../model/conditions';
import { isObject, type Span, type SpanUnit } from '../model/document';
import { useExtra, usePanel, type WidgetProps } from './context';
import { Field } from './Field';
import { TimeInput } from './TimeInput';

const units: SpanUnit[] = ['minute', 'hour', 'day', 'businessDay', 'week'];

export function SpanInput({
  value,
  onChange,
  label,
  id,
  signed,
}: {
  value?: Span;
  onChange: (span: Span | undefined) => void;
  label: string;
  id?: string;
  /** Before or after a date: the number is shown without its sign. */
  signed?: boolean;
}) {
  const { t } = useTranslation();
  const { readOnly } = usePanel();
  const [before, setBefore] = useState((value?.value ?? 0) < 0);
  const toward = (amount: number) => (signed && before && amount > 0 ? -amount : amount);
  return (
    <span className="prop-row">
      <InputNumber
        id={id}
        aria-label={id ? undefined : label}
        className="prop-number"
        value={signed && value ? Math.abs(value.value) : value?.value}
        precision={0}
        min={-525_600}
        max={525_600}
        disabled={readOnly}
        onChange={(amount) => {
          if (Number(amount) < 0) setBefore(true);
          onChange(
            amount === null ? undefined : { value: toward(Number(amount)), unit: value?.unit ?? 'day' },
          );
        }}
      />
      <Select
        className="prop-grow"
        aria-label={t('designer.unitOf', { name: label })}
        value={value?.unit ?? 'day'}
        disabled={readOnly}
        options={units.map((unit) => ({ value: unit, label: t(`designer.unit.${unit}`) }))}
        onChange={(unit) => onChange({ value: value?.value ?? toward(1), unit })}
      />
      {signed && (
        <Select
          className="prop-side"
          aria-label={t('designer.sideOf', { name: label })}
          value={(value?.value ?? 0) < 0 || (before && !value?.value) ? 'before' : 'after'}
          disabled={readOnly}
          options={(['before', 'after'] as const).map((side) => ({
            value: side,
            label: t(`designer.side.${side}`),
          }))}
          onChange={(side) => {
            setBefore(side === 'before');
            const amount = Math.abs(value?.value ?? 0);
            if (value && amount) onChange({ ...value, value: side === 'before' ? -amount : amount });
          }}
        />
      )}
    </span>
  );
}

export function SpanWidget({ label, help, value, onChange, pointer }: WidgetProps) {
  const { errorAt } = usePanel();
  return (
    <Field label={label} help={help} error={errorAt(pointer)}>
      {({ id }) => (
        <SpanInput
          id={id}
          label={label}
          value={value as Span | undefined}
          onChange={onChange}
          signed={pointer.endsWith('/offset')}
        />
      )}
    </Field>
  );
}

export function TimeWidget({ label, help, value, onChange, pointer }: WidgetProps) {
  const { errorAt } = usePanel();
  return (
    <Field label={label} help={help} error={errorAt(pointer)}>
      {({ id, describedBy }) => (
        <TimeInput
          id={id}
          aria-describedby={describedBy}
          value={value as string | undefined}
          onChange={onChange}
        />
      )}
    </Field>
  );
}

type Option = { value: string; label: string };

/** A list to choose from. What the server no longer knows stays visible and chosen. */
export function Choice({
  label,
  help,
  value,
  onChange,
  pointer,
  options,
  many,
  placeholder,
  loading,
}: WidgetProps & {
  options: (Option | { label: string; options: Option[] })[];
  many?: boolean;
  placeholder?: string;
  loading?: boolean;
}) {
  const { t } = useTranslation();
  const { errorAt, readOnly } = usePanel();
  const verdict = errorAt(pointer);
  const known = new Set(
    options.flatMap((option) => ('options' in option ? option.options : [option])).map((o) => o.value),
  );
  const chosen = (Array.isArray(value) ? value : value === undefined || value === '' ? [] : [value]).map(
    String,
  );
  const strange = loading
    ? []
    : chosen.filter((entry) => !known.has(entry)).map((entry) => ({ value: entry, label: entry }));
  return (
    <Field label={label} help={help} error={verdict && (chosen.length ? verdict : t('field.required'))}>
      {({ id, describedBy, invalid }) => (
        <Select
          id={id}
          className="prop-full"
          mode={many ? 'multiple' : undefined}
          aria-describedby={describedBy}
          status={invalid ? 'error' : undefined}
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          loading={loading}
          disabled={readOnly}
          placeholder={placeholder ?? t('field.choose')}
          value={many ? chosen : (chosen[0] ?? undefined)}
          options={[...options, ...strange]}
          onChange={(next: string | string[] | undefined) =>
            onChange(Array.isArray(next) ? (next.length ? next : undefined) : next)
          }
        />
      )}
    </Field>
  );
}

export function useNamedOptions(query: { data?: { key: string; name?: unknown }[]; isPending: boolean }) {
  const format = useFormat();
  return {
    loading: query.isPending,
    options: (query.data ?? []).map(({ key, name }) => ({
      value: key,
      label: format.text(name as never) || key,
    })),
  };
}

export function ChannelWidget(props: WidgetProps & { many?: boolean }) {
  const { t } = useTranslation();
  const { options, loading } = useNamedOptions(useChannels());
  const preferred = props.many ? [] : [{ value: 'preferred', label: t('designer.preferred') }];
  return (
    <Choice
      {...props}
      loading={loading}
      options={[
        ...preferred,
        ...options
          .filter(({ value }) => value !== 'preferred')
          .map(({ value, label }) => ({ value, label: upper(label) })),
      ]}
    />
  );
}

export function EventsWidget(props: WidgetProps) {
  const { events, isPending } = useFlowTypes();
  const format = useFormat();
  const options = events.map(({ key, name }) => ({ value: key, label: format.text(name) }));
  return <Choice {...props} many options={options} loading={isPending} />;
}

/** A name that stands by itself; inside a sentence it begins small. */
const upper = (name: string) => name.charAt(0).toLocaleUpperCase() + name.slice(1);

/** Fields of the subject, grouped and by name. */
export function useFieldOptions(of?: string) {
  const { t } = useTranslation();
  const format = useFormat();
  const { form } = usePanel();
  const fields = useFields(form);
  const fit = (fields.data ?? []).filter(({ type, ref }) => {
    if (!of) return true;
    if (of === 'date') return type === 'date' || type === 'instant';
    return type === of || ref === of;
  });
  return {
    loading: fields.isPending,
    fields: fields.data ?? [],
    options: [...byGroup(fit)].map(([group, list]) => ({
      label: t(`designer.group.${group}`, { defaultValue: group }),
      options: list.map(({ path, name }) => ({ value: path, label: upper(format.text(name) || path) })),
    })),
  };
}

export function FieldWidget({ of, many, ...props }: WidgetProps & { of?: string; many?: boolean }) {
  const { options, loading } = useFieldOptions(of);
  return <Choice {...props} many={many} options={options} loading={loading} />;
}

export function UserWidget(props: WidgetProps) {
  const users = useUsers();
  const options = (users.data ?? []).map(({ id, name }) => ({ value: id, label: name }));
  return <Choice {...props} options={options} loading={users.isPending} />;
}

/** Roles by name; those that ship are named in the page's own texts. */
function useRoleOptions() {
  const { t } = useTranslation();
  const { loading, options } = useNamedOptions(useRoles());
  return {
    loading,
    options: options.map(({ value, label }) => ({
      value,
      label: t(`role.${value}`, { defaultValue: label }),
    })),
  };
}

export function RoleWidget(props: WidgetProps) {
  return <Choice {...props} {...useRoleOptions()} />;
}

/** Who gets the work: somebody the record names, a role, or one person. */
export function AssignWidget({ value, onChange, pointer, label, help }: WidgetProps) {
  const { t } = useTranslation();
  const users = useUsers();
  const roles = useRoleOptions();
  const { options: fields, loading } = useFieldOptions('user');
  const [kind, key] = (isObject(value) ? Object.entries(value)[0] : undefined) ?? [];
  const options = [
    ...fields.map((group) => ({
      label: group.label,
      options: group.options.map((option) => ({ ...option, value: `field:${option.value}` })),
    })),
    {
      label: t('designer.assignRole'),
      options: roles.options.map((role) => ({ ...role, value: `role:${role.value}` })),
    },
    {
      label: t('designer.assignUser'),
      options: (users.data ?? []).map(({ id, name }) => ({ value: `user:${id}`, label: name })),
    },
  ];
  return (
    <Choice
      label={label}
      help={help}
      pointer={pointer}
      options={options.filter((group) => group.options.length > 0)}
      loading={loading || roles.loading || users.isPending}
      value={kind ? `${kind}:${key}` : undefined}
      onChange={(next) => {
        const [how, ...rest] = String(next ?? '').split(':');
        onChange(next && how ? { [how]: rest.join(':') } : undefined);
      }}
    />
  );
}

/** Plain values by their JSON type. */
export function PlainWidget({ schema, ...props }: WidgetProps & { schema: Schema }) {
  const format = useFormat();
  const { errorAt, readOnly } = usePanel();
  const offered = useExtra();
  const { label, help, value, onChange, pointer } = props;
  const labels = schema['x-df-labels'];
  if (schema.enum)
    return (
      <Choice
        {...props}
        options={schema.enum.map((entry) => ({
          value: String(entry),
          label: format.text(labels?.[String(entry)]) || String(entry),
        }))}
        onChange={(next) => onChange(schema.enum?.find((entry) => String(entry) === next))}
      />
    );
  if (schema.type === 'boolean')
    return (
      <div className="prop prop-switch">
        <Switch
          size="small"
          aria-label={label}
          checked={value === true}
          disabled={readOnly}
          onChange={(on) => onChange(on || undefined)}
        />
        <span className="prop-label" aria-hidden>
          {label}
        </span>
        {offered}
        {help && <p className="prop-help">{help}</p>}
      </div>
    );
  const isNumber = schema.type === 'integer' || schema.type === 'number';
  return (
    <Field label={label} help={help} error={errorAt(pointer)}>
      {({ id, describedBy, invalid }) =>
        isNumber ? (
          <InputNumber
            id={id}
            className="prop-full"
            aria-describedby={describedBy}
            precision={schema.type === 'integer' ? 0 : undefined}
            min={schema.minimum}
            max={schema.maximum}
            disabled={readOnly}
            status={invalid ? 'error' : undefined}
            value={value as number | undefined}
            onChange={(next) => onChange(next ?? undefined)}
          />
        ) : (
          <Input
            id={id}
            aria-describedby={describedBy}
            maxLength={schema.maxLength ?? 2000}
            disabled={readOnly}
            status={invalid ? 'error' : undefined}
            value={(value as string) ?? ''}
            autoComplete="off"
            onChange={({ target }) => onChange(target.value || undefined)}
          />
        )
      }
    </Field>
  );
}
