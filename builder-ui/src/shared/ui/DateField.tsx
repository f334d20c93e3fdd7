import { DatePicker, Form, type FormItemProps } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';

type FieldProps = FormItemProps & { name: string; label: string };

/** A calendar date; its value is YYYY-MM-DD. */
export function DateField({ required = true, ...item }: FieldProps & { required?: boolean }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      {...item}
      rules={required ? [{ required: true, message: t('field.required') }] : undefined}
      required={required}
      getValueProps={(value?: string) => ({ value: value ? dayjs(value) : undefined })}
      normalize={(value: Dayjs | null) => value?.format('YYYY-MM-DD')}
    >
      <DatePicker className="field-full" format="YYYY-MM-DD" />
    </Form.Item>
  );
}
