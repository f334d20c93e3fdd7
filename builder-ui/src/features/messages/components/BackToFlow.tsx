import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { flowPath } from '../model/template';

/** For whoever came from a step of a flow: the way back, with this message chosen there. */
export function BackToFlow({ template, waiting }: { template: string; waiting: boolean }) {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const to = flowPath(params.get('for'), template);
  if (!to) return null;
  if (waiting) return <Button disabled>{t('messages.backToFlow')}</Button>;
  return (
    <Link to={to}>
      <Button type="primary">{t('messages.backToFlow')}</Button>
    </Link>
  );
}
