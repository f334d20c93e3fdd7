import { InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { DayInput } from '@/shared/ui/DayInput';
import { type Day, type DayKind, dayKinds, readDay, writeDay } from '../model/days';

type Props = {
  'aria-label': string;
  className: string;
  disabled: boolean;
  /** Instants are compared with the whole day. */
  whole: boolean;
  today: string;
  value: unknown;
  onChange: (value: unknown) => void;
};

/** A day: a date, or one counted from the day on which the condition is looked at. */
export function DayValue({ whole, today, value, onChange, className, ...shared }: Props) {
  const { t } = useTranslation();
  const day = readDay(value);
  const label = shared['aria-label'];
  const set = (next: Day) => onChange(writeDay(next, whole));
  const pick = (kind: DayKind) =>
    set(kind === 'on' ? { kind, date: today } : kind === 'today' ? { kind } : { kind, days: 30 });
  return (
    <span className={`${className} filter-day`}>
      {(day.kind === 'ago' || day.kind === 'ahead') && (
        <InputNumber
          {...shared}
          min={1}
          max={11_000}
          precision={0}
          value={day.days}
          onChange={(days) => days && set({ kind: day.kind, days })}
        />
      )}
      <Select
        {...shared}
        aria-label={t('designer.filter.day.kind', { label })}
        popupMatchSelectWidth={false}
        value={day.kind}
        options={dayKinds.map((kind) => ({ value: kind, label: t(`designer.filter.day.${kind}`) }))}
        onChange={pick}
      />
      {day.kind === 'on' && (
        <DayInput {...shared} value={day.date} required onChange={(date) => set({ kind: 'on', date })} />
      )}
    </span>
  );
}
