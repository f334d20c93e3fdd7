import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { ColumnKey } from '../model/types';
import { useBoard } from '../store/board';
import { inMain } from './context';
import { useAsking } from './useMoves';

const targets: ColumnKey[] = ['followUp', 'promised', 'onHold', 'escalated'];

/** What can be done with the chosen cards together. */
export function BulkBar() {
  const { t } = useTranslation();
  const selected = useBoard((store) => store.selected);
  const pickNone = useBoard((store) => store.pickNone);
  if (selected.size === 0) return null;
  const ask = (to: ColumnKey | 'assign') => useAsking.setState({ many: { ids: [...selected], to } });
  return (
    <section className="bulk-bar" aria-label={t('board.bulk')}>
      <span className="num" role="status">
        {t('board.selected', { count: selected.size })}
      </span>
      <Dropdown
        trigger={['click']}
        getPopupContainer={inMain}
        menu={{
          items: targets
            .filter((key) => key !== 'escalated')
            .map((key) => ({ key, label: t(`board.column.${key}`) })),
          onClick: ({ key }) => ask(key as ColumnKey),
        }}
      >
        <Button size="small">{t('board.moveTo')}</Button>
      </Dropdown>
      <Button size="small" onClick={() => ask('assign')}>
        {t('board.form.assign')}
      </Button>
      <Button size="small" onClick={() => ask('escalated')}>
        {t('board.form.escalated')}
      </Button>
      <Button size="small" type="text" onClick={pickNone}>
        {t('board.selectNone')}
      </Button>
    </section>
  );
}
