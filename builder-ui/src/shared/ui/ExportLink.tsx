import { Button } from 'antd';
import { useTranslation } from 'react-i18next';

type Props = { form: string; query: { filter?: string; search?: string; sort?: string } };

/** The list as it is on the screen, as a table for a spreadsheet. */
export function ExportLink({ form, query }: Props) {
  const { t, i18n } = useTranslation();
  const search = new URLSearchParams({ language: i18n.language });
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value);
  return (
    <Button href={`/api/v1/exports/${form}?${search}`} download>
      {t('action.export')}
    </Button>
  );
}
