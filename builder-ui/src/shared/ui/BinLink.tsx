import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCanDelete } from './useDeletion';

/** The way to a form's deleted records, for those who may delete some. */
export function BinLink({ form }: { form: string }) {
  const { t } = useTranslation();
  return useCanDelete(form) ? (
    <Link to={`/bin/${form}`}>
      <Button>{t('bin.title')}</Button>
    </Link>
  ) : null;
}
