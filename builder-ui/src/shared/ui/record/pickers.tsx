import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCalendars } from '../../api/calendars';
import { useUserNames } from '../../api/names';
import { choicesOf } from '../../form/kinds';
import type { Json } from '../../form/types';
import { useFormat } from '../../lib/useFormat';
import { aria } from './aria';
import type { ControlProps } from './types';

type Option = { value: string; label: string };
export const named = (values: readonly string[]): Option[] =>
  values.map((value) => ({ value, label: value }));

/** One of several texts; one that is none of them any more stays until it is changed. */
export function PickControl({ options, ...props }: ControlProps & { options: Option[] }) {
  const { t } = useTranslation();
  return (
    <Select
      id={props.id}
      allowClear
      showSearch={options.length > 8 ? { optionFilterProp: 'label' } : undefined}
      placeholder={t('field.choose')}
      value={props.value === undefined ? undefined : String(props.value)}
      options={options}
      disabled={props.disabled}
      onChange={(next?: string) => props.onChange(next)}
      {...aria(props)}
    />
  );
}

export function ChoiceControl(props: ControlProps) {
  const format = useFormat();
  const choices = choicesOf(props.property);
  return (
    <PickControl
      {...props}
      options={choices.map(({ value, names }) => ({
        value: String(value),
        label: format.text(names) || String(value),
      }))}
      onChange={(next) =>
        props.onChange(choices.find(({ value }) => String(value) === next)?.value as Json | undefined)
      }
    />
  );
}

export function UserControl(props: ControlProps) {
  const users = useUserNames();
  return (
    <PickControl
      {...props}
      options={(users.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
    />
  );
}

export function ChannelControl(props: ControlProps) {
  const { t } = useTranslation();
  const { data } = useCalendars();
  return (
    <PickControl
      {...props}
      options={(data?.channels ?? []).map((value) => ({
        value,
        label: t(`channel.${value}`, { defaultValue: value }),
      }))}
    />
  );
}

export function ManyControl(props: ControlProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const choices = choicesOf(props.property).map(({ value, names }) => ({
    value: String(value),
    label: format.text(names) || String(value),
  }));
  const value = Array.isArray(props.value) ? props.value.map(String) : [];
  return (
    <Select
      id={props.id}
      mode={choices.length > 0 ? 'multiple' : 'tags'}
      placeholder={t('field.choose')}
      value={value}
      options={choices}
      disabled={props.disabled}
      optionFilterProp="label"
      onChange={(next: string[]) => props.onChange(next.length > 0 ? next : undefined)}
      {...aria(props)}
    />
  );
}
