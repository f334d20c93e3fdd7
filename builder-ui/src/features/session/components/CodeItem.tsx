import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

/** The code of an authenticator; at sign-in a recovery code does too. */
export function CodeItem({ recovery }: { recovery?: boolean }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name="code"
      label={t('entry.code')}
      extra={recovery ? t('entry.codeHint') : undefined}
      rules={[{ required: true, message: t('field.required') }]}
    >
      <Input
        autoComplete="one-time-code"
        inputMode={recovery ? undefined : 'numeric'}
        autoFocus
        maxLength={40}
      />
    </Form.Item>
  );
}
