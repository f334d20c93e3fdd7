import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { NoMatch } from '@/shared/ui/states';
import { CardItem } from './CardItem';
import { BoardColumns } from './context';
import { RowsFoot } from './RowsFoot';
import { type RowsProps, useRows } from './useRows';

/** The same cards side by side, each saying where it stands; they move by their menu. */
export default function GalleryView(props: RowsProps) {
  const { view, onOpen } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe().user.id;
  const rows = useRows(props);
  if (rows.ids.length === 0) return <NoMatch />;
  return (
    <BoardColumns value={view.columns}>
      <div className="gallery-box">
        <ul className="gallery" aria-label={t('board.modes.gallery')}>
          {rows.ids.map((id) => (
            <li key={id}>
              <CardItem id={id} isStop isAlone format={format} me={me} onOpen={onOpen} />
            </li>
          ))}
        </ul>
        <RowsFoot rows={rows} />
      </div>
    </BoardColumns>
  );
}
