import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Rows } from './useRows';

/** How many of all are shown, and the way to more. */
export function RowsFoot({ rows }: { rows: Rows }) {
  const { t } = useTranslation();
  return (
    <div className="table-foot">
      <span className="num">{t('board.shownOf', { shown: rows.ids.length, count: rows.total })}</span>
      {rows.hasMore && (
        <Button size="small" loading={rows.reading} onClick={rows.showMore}>
          {t('table.more')}
        </Button>
      )}
    </div>
  );
}
