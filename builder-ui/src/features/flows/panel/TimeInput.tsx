import { Input } from 'antd';
import { useEffect, useState } from 'react';
import { usePanel } from './context';

/** A time of day in 24 hours, however it is typed: 9, 930 and 9:30 all do. */
export function readTime(typed: string): string | undefined {
  const match = /^(\d{1,2})[:：.]?(\d{2})?$/.exec(typed.trim());
  const [hour, minute] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (!match || hour > 23 || minute > 59) return undefined;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

export function TimeInput({
  value,
  onChange,
  ...rest
}: {
  value?: string;
  onChange: (time: string | undefined) => void;
  id?: string;
  'aria-label'?: string;
  'aria-describedby'?: string;
}) {
  const { readOnly } = usePanel();
  const [typed, setTyped] = useState(value ?? '');
  useEffect(() => setTyped(value ?? ''), [value]);
  return (
    <Input
      {...rest}
      className="prop-time num"
      inputMode="numeric"
      placeholder="09:00"
      maxLength={5}
      autoComplete="off"
      disabled={readOnly}
      status={typed && !readTime(typed) ? 'error' : undefined}
      value={typed}
      onChange={({ target }) => {
        setTyped(target.value);
        if (/^\d{2}:\d{2}$/.test(target.value) && readTime(target.value)) onChange(target.value);
      }}
      onBlur={() => {
        const time = readTime(typed);
        setTyped(time ?? value ?? '');
        if (time !== value && (time || !typed)) onChange(typed ? time : undefined);
      }}
    />
  );
}
