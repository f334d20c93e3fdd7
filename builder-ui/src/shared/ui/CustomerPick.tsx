import { useQuery } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Customer, Page } from '@/shared/api/types';
import { useDebounced } from '@/shared/lib/useDebounced';

type Picked = { id: string; name: string };
type Props = {
  id: string;
  value?: Picked;
  onChange: (customer: Picked | undefined) => void;
  placeholder: string;
};

/** Finds a customer by typing; the server searches. */
export function CustomerPick({ id, value, onChange, placeholder }: Props) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const search = useDebounced(typed, 250);
  const { data, isFetching } = useQuery({
    queryKey: [...keys.records('customer'), 'picker', search],
    queryFn: ({ signal }) =>
      api.get<Page<Customer>>('/records/customer', { search, limit: 20, sort: 'name' }, signal),
    placeholderData: (previous) => previous,
  });
  const options = (data?.items ?? []).map((record) => ({ value: record.id, label: record.data.name }));
  if (value && !options.some((option) => option.value === value.id))
    options.unshift({ value: value.id, label: value.name });
  return (
    <Select
      id={id}
      allowClear
      showSearch={{ filterOption: false, onSearch: setTyped }}
      loading={isFetching}
      placeholder={placeholder}
      notFoundContent={t('table.noMatch')}
      value={value?.id}
      options={options}
      onChange={(next: string | undefined) => {
        const option = options.find((entry) => entry.value === next);
        onChange(option && { id: option.value, name: option.label });
      }}
    />
  );
}
