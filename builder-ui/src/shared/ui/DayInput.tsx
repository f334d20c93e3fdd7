import { DatePicker } from 'antd';
import dayjs from 'dayjs';

type Props = {
  /** YYYY-MM-DD, empty for none. A form's item gives both. */
  value?: string;
  onChange?: (day: string) => void;
  id?: string;
  'aria-label'?: string;
  placeholder?: string;
  className?: string;
  disabled?: boolean;
  /** A day must be there: it can be changed, not cleared. */
  required?: boolean;
};

/** A day. The browser's own field speaks the browser's language, not the page's. */
export function DayInput({ value, onChange, required = false, ...rest }: Props) {
  return (
    <DatePicker
      {...rest}
      format="YYYY-MM-DD"
      allowClear={!required}
      value={value ? dayjs(value) : null}
      onChange={(day) => onChange?.(day?.format('YYYY-MM-DD') ?? '')}
    />
  );
}
