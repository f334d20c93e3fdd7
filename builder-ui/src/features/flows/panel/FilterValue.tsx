import { Input, InputNumber, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/api/session';
import { toMajor, toMinor } from '@/shared/lib/money';
import { useFormat } from '@/shared/lib/useFormat';
import { useUsers } from '../api/designer';
import { type Field, takesList } from '../model/conditions';
import { usePanel } from './context';
import { DayValue } from './DayValue';

type Props = { field: Field; op: string; number: number; value: unknown; onChange: (value: unknown) => void };

/** The right-hand side of a comparison, by the field's type. */
export function FilterValue({ field, op, number, value, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { readOnly } = usePanel();
  const users = useUsers();
  const label = t('designer.filter.value', { number });
  const shared = { 'aria-label': label, className: 'filter-value', disabled: readOnly };
  if (op === 'exists' || field.type === 'bool') {
    const words = op === 'exists' ? 'known' : 'yes';
    return (
      <Select
        {...shared}
        value={value !== false}
        options={[true, false].map((yes) => ({ value: yes, label: t(`designer.filter.${words}.${yes}`) }))}
        onChange={onChange}
      />
    );
  }
  const options = field.options?.length
    ? field.options.map((option) => ({
        value: option.value as string,
        label: format.text(option.name) || String(option.value),
      }))
    : field.ref === 'user'
      ? (users.data ?? []).map(({ id, name }) => ({ value: id, label: name }))
      : undefined;
  if (takesList(op))
    return (
      <Select
        {...shared}
        mode={options ? 'multiple' : 'tags'}
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('designer.filter.pickValues')}
        value={(Array.isArray(value) ? value : []) as string[]}
        options={options}
        onChange={(list: unknown[]) =>
          onChange(
            field.type === 'number' || field.type === 'money'
              ? list.map(Number).filter(Number.isFinite)
              : list,
          )
        }
      />
    );
  if (options)
    return (
      <Select
        {...shared}
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('field.choose')}
        value={value as string | undefined}
        options={options}
        onChange={onChange}
      />
    );
  if (field.type === 'money') return <MoneyValue {...shared} value={value} onChange={onChange} />;
  if (field.type === 'number')
    return (
      <InputNumber
        {...shared}
        value={typeof value === 'number' ? value : undefined}
        onChange={(next) => onChange(next ?? undefined)}
      />
    );
  if (field.type === 'date' || field.type === 'instant')
    return (
      <DayValue
        {...shared}
        whole={field.type === 'instant'}
        today={format.today}
        value={value}
        onChange={onChange}
      />
    );
  return (
    <Input
      {...shared}
      dir="auto"
      maxLength={1000}
      placeholder={t('designer.filter.text')}
      value={typeof value === 'string' ? value : ''}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}

type MoneyProps = {
  'aria-label': string;
  className: string;
  disabled: boolean;
  value: unknown;
  onChange: (value: unknown) => void;
};

/** Typed in major units of the workspace's currency, kept in minor ones. */
function MoneyValue({ value, onChange, ...shared }: MoneyProps) {
  const { currency } = useMe().workspace;
  const shown = typeof value === 'number' ? toMajor(value, currency) : '';
  const [typed, setTyped] = useState(shown);
  useEffect(
    () => setTyped((now) => (toMinor(now || 'x', currency) === value ? now : shown)),
    [shown, value, currency],
  );
  return (
    <Input
      {...shared}
      inputMode="decimal"
      suffix={currency}
      status={typed && toMinor(typed, currency) === undefined ? 'error' : undefined}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        onChange(toMinor(target.value, currency));
      }}
      onBlur={() => setTyped(shown)}
    />
  );
}
