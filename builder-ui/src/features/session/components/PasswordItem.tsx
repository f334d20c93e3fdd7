import { Form, Input } from 'antd';
import { useTranslation } from 'react-i18next';

/** A password to be chosen; the server is the judge of how good it is. */
export function PasswordItem() {
  const { t } = useTranslation();
  return (
    <Form.Item
      name="password"
      label={t('entry.newPassword')}
      extra={t('setup.passwordHint')}
      rules={[{ required: true, min: 10, message: t('setup.passwordHint') }]}
    >
      <Input.Password autoComplete="new-password" />
    </Form.Item>
  );
}
