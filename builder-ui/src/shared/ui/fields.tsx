import { useQuery } from '@tanstack/react-query';
import { Form, type FormItemProps, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/client';
import { keys } from '../api/query';
import type { Customer, Page } from '../api/types';
import { currencies, toMinor } from '../lib/money';
import { useDebounced } from '../lib/useDebounced';

type FieldProps = FormItemProps & { name: string; label: string };

/** An amount as typed, checked against the currency's digits; the value stays text until it is sent. */
export function AmountField({ currency, max, ...item }: FieldProps & { currency: string; max?: number }) {
  const { t } = useTranslation();
  const check = (_: unknown, value: string) => {
    if (!value) return Promise.resolve();
    const minor = toMinor(value, currency);
    if (minor === undefined || minor <= 0) return Promise.reject(new Error(t('field.amountInvalid')));
    if (max !== undefined && minor > max) return Promise.reject(new Error(t('field.amountTooHigh')));
    return Promise.resolve();
  };
  return (
    <Form.Item {...item} rules={[{ required: true, message: t('field.required') }, { validator: check }]}>
      <Input inputMode="decimal" autoComplete="off" suffix={currency} className="num" />
    </Form.Item>
  );
}

export function TextField({
  required,
  rows,
  max = 200,
  ...item
}: FieldProps & { rows?: number; max?: number }) {
  const { t } = useTranslation();
  const rules = required ? [{ required: true, whitespace: true, message: t('field.required') }] : undefined;
  return (
    <Form.Item {...item} rules={item.rules ?? rules} required={required}>
      {rows ? <Input.TextArea rows={rows} maxLength={2000} /> : <Input maxLength={max} autoComplete="off" />}
    </Form.Item>
  );
}

type Option = { value: string; label: string };

export function SelectField({
  options,
  required,
  clear,
  disabled,
  ...item
}: FieldProps & { options: Option[]; clear?: boolean; disabled?: boolean }) {
  const { t } = useTranslation();
  const rules = required ? [{ required: true, message: t('field.required') }] : undefined;
  return (
    <Form.Item {...item} rules={rules} required={required}>
      <Select options={options} allowClear={clear} disabled={disabled} placeholder={t('field.choose')} />
    </Form.Item>
  );
}

export const currencyOptions: Option[] = currencies.map((value) => ({ value, label: value }));

/** Finds a customer by typing; the server searches, so any number of customers is fine. */
export function CustomerField(item: FieldProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed, 250);
  const { data, isFetching } = useQuery({
    queryKey: [...keys.records('customer'), 'picker', search],
    queryFn: ({ signal }) =>
      api.get<Page<Customer>>('/records/customer', { search, limit: 20, sort: 'name' }, signal),
    placeholderData: (previous) => previous,
  });
  return (
    <Form.Item {...item} rules={[{ required: true, message: t('field.required') }]}>
      <Select
        showSearch={{ filterOption: false, onSearch: setTyped }}
        loading={isFetching}
        placeholder={t('field.findCustomer')}
        options={data?.items.map(({ id, data }) => ({ value: id, label: data.name }))}
      />
    </Form.Item>
  );
}
