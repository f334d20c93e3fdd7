import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useTitle } from '@/shared/lib/useTitle';

export default function NotFoundPage() {
  const { t } = useTranslation();
  useTitle(t('notFound.title'));
  return (
    <div className="state">
      <h1 className="state-title">{t('notFound.title')}</h1>
      <p className="state-text">{t('notFound.text')}</p>
      <Link to="/today" className="link-button">
        {t('notFound.back')}
      </Link>
    </div>
  );
}
