import { SearchOutlined } from '@ant-design/icons';
import { Input, type InputRef, Select } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDebounced } from '../lib/useDebounced';

export function FilterBar({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <search className="filters" aria-label={t('table.filters')}>
      {children}
    </search>
  );
}

/** A search that waits for the typing to settle. "/" focuses it from anywhere on the page. */
export function SearchBox({
  label,
  value,
  onSearch,
}: {
  label: string;
  value: string;
  onSearch: (text: string) => void;
}) {
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed, 250);
  const input = useRef<InputRef>(null);
  const latest = useRef(onSearch);
  latest.current = onSearch;
  const sent = useRef(value);
  useEffect(() => {
    if (settled === sent.current) return;
    sent.current = settled;
    latest.current(settled);
  }, [settled]);
  useEffect(() => {
    const focus = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (event.key !== '/' || target.closest('input, textarea, [contenteditable], [role="dialog"]')) return;
      event.preventDefault();
      input.current?.focus();
    };
    document.addEventListener('keydown', focus);
    return () => document.removeEventListener('keydown', focus);
  }, []);
  return (
    <Input
      ref={input}
      className="search-box"
      prefix={<SearchOutlined />}
      suffix={<kbd aria-hidden>/</kbd>}
      placeholder={label}
      aria-label={label}
      value={typed}
      onChange={({ target }) => setTyped(target.value)}
      type="search"
    />
  );
}

type PickProps = {
  label: string;
  value?: string;
  options: { value: string; label: string }[];
  onChange: (value: string | undefined) => void;
};

export function Pick({ label, value, options, onChange }: PickProps) {
  return (
    <Select
      className="pick"
      aria-label={label}
      placeholder={label}
      value={value}
      options={options}
      onChange={onChange}
      allowClear
      popupMatchSelectWidth={false}
    />
  );
}
