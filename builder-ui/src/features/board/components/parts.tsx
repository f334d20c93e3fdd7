import { DownOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { type ReactNode, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { useDebounced } from '@/shared/lib/useDebounced';
import { inMain } from './context';

const narrow = '(max-width: 760px)';
const listen = (changed: () => void) => {
  const media = window.matchMedia(narrow);
  media.addEventListener('change', changed);
  return () => media.removeEventListener('change', changed);
};

export const usePhone = () => useSyncExternalStore(listen, () => window.matchMedia(narrow).matches);

type Option<V extends string> = { value: V; label: string; icon?: ReactNode };
type ChoiceProps<V extends string> = {
  label: string;
  value: V;
  options: Option<V>[];
  onChange: (value: V) => void;
};

/** One of a few, all in sight. */
export function Choice<V extends string>({ label, value, options, onChange }: ChoiceProps<V>) {
  return (
    <div className="choice" role="group" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          aria-pressed={option.value === value}
          onClick={() => onChange(option.value)}
        >
          {option.icon}
          {option.label}
        </button>
      ))}
    </div>
  );
}

type PickProps = {
  label: string;
  value?: string;
  options: Option<string>[];
  /** What "no choice" is called. */
  none: string;
  onChange: (value: string | undefined) => void;
  /** The menu is about to be shown. */
  onOpen?: () => void;
};

/** A filter as a menu: the button says what is chosen. */
export function MenuPick({ label, value, options, none, onChange, onOpen }: PickProps) {
  const chosen = options.find((option) => option.value === value)?.label ?? value;
  return (
    <Dropdown
      trigger={['click']}
      onOpenChange={(open) => open && onOpen?.()}
      classNames={{ root: 'pick-menu' }}
      getPopupContainer={inMain}
      menu={{
        selectable: true,
        selectedKeys: [value ?? ''],
        items: [
          { key: '', label: none },
          ...options.map((option) => ({ key: option.value, label: option.label })),
        ],
        onClick: ({ key }) => onChange(key || undefined),
      }}
    >
      <Button className={value ? 'pick-on' : undefined} aria-label={value ? `${label}: ${chosen}` : label}>
        {value ? chosen : label} <DownOutlined className="pick-caret" />
      </Button>
    </Dropdown>
  );
}

type SearchProps = { label: string; value: string; onSearch: (text: string) => void };

/** A search that waits for the typing to settle. "/" focuses it from anywhere on the page. */
export function BoardSearch({ label, value, onSearch }: SearchProps) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const settled = useDebounced(typed, 250);
  const input = useRef<HTMLInputElement>(null);
  const sent = useRef(value);
  const latest = useRef(onSearch);
  latest.current = onSearch;
  useEffect(() => {
    if (settled === sent.current) return;
    sent.current = settled;
    latest.current(settled);
  }, [settled]);
  // Cleared or changed from outside: what is typed follows.
  useEffect(() => {
    if (value === sent.current) return;
    sent.current = value;
    setTyped(value);
  }, [value]);
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
    <span className="board-search">
      <input
        ref={input}
        type="search"
        aria-label={label}
        placeholder={label}
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {typed ? (
        <button type="button" aria-label={t('board.clearSearch')} onClick={() => setTyped('')}>
          ×
        </button>
      ) : (
        <kbd aria-hidden>/</kbd>
      )}
    </span>
  );
}

type CheckProps = { label: string; checked: boolean; isStop?: boolean; onPick: (upTo: boolean) => void };

export function Check({ label, checked, isStop = true, onPick }: CheckProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        tabIndex={isStop ? 0 : -1}
        aria-label={label}
        onChange={({ nativeEvent }) => onPick((nativeEvent as MouseEvent).shiftKey === true)}
      />
    </label>
  );
}
