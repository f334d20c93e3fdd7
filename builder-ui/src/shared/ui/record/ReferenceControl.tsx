import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { keys } from '../../api/query';
import type { Page, StoredRecord } from '../../api/types';
import type { Data, FormDoc, RefCondition } from '../../form/types';
import { allOf, type Condition } from '../../lib/ageing';
import { useDebounced } from '../../lib/useDebounced';
import type { ControlProps } from './types';

type Found = StoredRecord<Data, Data>;

/** The filter that a field's conditions make of this record; null where one looks at an empty field. */
export function choiceFilter(conditions: RefCondition[] | undefined, data: Data): string | undefined | null {
  const all: Condition[] = [];
  for (const { field, value, from } of conditions ?? []) {
    const wanted = from ? data[from] : value;
    if (wanted === undefined || wanted === null) {
      if (from) return null;
      continue;
    }
    all.push({ field, op: 'eq', value: wanted } as Condition);
  }
  return allOf(all);
}

/** Another form's record, found by typing; the server searches, within what the reader may see. */
export function ReferenceControl(props: ControlProps) {
  const { t } = useTranslation();
  const form = props.property['x-df-ref'] ?? '';
  const [typed, setTyped] = useState('');
  const [open, setOpen] = useState(false);
  const search = useDebounced(typed, 250);
  const filter = choiceFilter(props.property['x-df-choice'], props.data);
  const value = typeof props.value === 'string' ? props.value : undefined;

  const target = useQuery({
    queryKey: [...keys.form, form],
    queryFn: () => api.get<FormDoc>(`/forms/${form}`),
    staleTime: 60_000,
    enabled: form !== '',
  });
  const list = useQuery({
    queryKey: [...keys.records(form), 'picker', search, filter],
    queryFn: ({ signal }) =>
      api.get<Page<Found>>(`/records/${form}`, { search, limit: 20, filter: filter ?? undefined }, signal),
    enabled: open && form !== '' && filter !== null,
    placeholderData: (previous) => previous,
  });
  const chosen = useQuery({
    queryKey: [...keys.records(form), 'one', value],
    queryFn: () => api.get<Found>(`/records/${form}/${value}`),
    enabled: value !== undefined && form !== '',
    retry: false,
  });
  const nameOf = (record: Found) => {
    const name = record.data[target.data?.title ?? 'name'];
    return typeof name === 'string' ? name : record.id;
  };
  const options = (filter === null ? [] : (list.data?.items ?? [])).map((record) => ({
    value: record.id,
    label: nameOf(record),
  }));
  if (value && !options.some((option) => option.value === value))
    options.unshift({
      value,
      label: chosen.data ? nameOf(chosen.data) : chosen.isError ? t('record.notSeen') : '…',
    });
  return (
    <Select
      id={props.id}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      onOpenChange={setOpen}
      loading={list.isFetching}
      placeholder={t(filter === null ? 'record.chooseFirst' : 'record.find')}
      value={value}
      options={options}
      disabled={props.disabled}
      aria-describedby={props.describedBy}
      status={props.invalid ? 'error' : undefined}
      onChange={(next?: string) => props.onChange(next)}
    />
  );
}
