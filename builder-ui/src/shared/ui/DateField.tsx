import { Form, type FormItemProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { DayInput } from './DayInput';

type FieldProps = FormItemProps & { name: string; label: string };

/** A calendar date; its value is YYYY-MM-DD. */
export function DateField({ required = true, ...item }: FieldProps & { required?: boolean }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      {...item}
      rules={required ? [{ required: true, message: t('field.required') }] : undefined}
      required={required}
      normalize={(day: string) => day || undefined}
    >
      <DayInput className="field-full" />
    </Form.Item>
  );
}
