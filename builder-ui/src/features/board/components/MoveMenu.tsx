import { EllipsisOutlined } from '@ant-design/icons';
import { Dropdown, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { create } from 'zustand';
import { isClosed } from '../model/query';
import type { Card, ColumnKey } from '../model/types';
import { inMain, useBoardColumns } from './context';
import { useMoves } from './useMoves';

/** The card whose menu is open; the key "m" opens it as well. */
export const useMenu = create<{ id?: string }>(() => ({}));

/** Everything that dragging does, as commands. */
export function MoveMenu({ card, isStop }: { card: Card; isStop: boolean }) {
  const { t } = useTranslation();
  const isOpen = useMenu(({ id }) => id === card.id);
  const button = (
    <button
      type="button"
      className="card-more"
      tabIndex={isStop ? 0 : -1}
      aria-label={t('board.moveOf', { name: card.name })}
      aria-haspopup="menu"
      aria-expanded={isOpen}
      onClick={() => useMenu.setState({ id: isOpen ? undefined : card.id })}
    >
      <EllipsisOutlined />
    </button>
  );
  return isOpen ? <OpenMenu card={card}>{button}</OpenMenu> : button;
}

function OpenMenu({ card, children }: { card: Card; children: React.ReactElement }) {
  const { t } = useTranslation();
  const columns = useBoardColumns();
  const { request, column } = useMoves();
  const items: MenuProps['items'] = [
    {
      key: 'move',
      type: 'group',
      label: t('board.moveTo'),
      children: columns
        .filter((key) => key !== card.column)
        .map((key) => ({
          key,
          label: isClosed(key) ? t('board.byDates', { column: column(key) }) : column(key),
          disabled: isClosed(key),
        })),
    },
  ];
  const close = () => {
    useMenu.setState({ id: undefined });
    document.querySelector<HTMLElement>(`[data-open="${CSS.escape(card.id)}"]`)?.focus();
  };
  return (
    <Dropdown
      open
      autoFocus
      trigger={['click']}
      placement="bottomRight"
      getPopupContainer={inMain}
      onOpenChange={(open) => !open && close()}
      menu={{
        items,
        onClick: ({ key, domEvent }) => {
          domEvent.stopPropagation();
          close();
          request([card.id], key as ColumnKey);
        },
      }}
    >
      {children}
    </Dropdown>
  );
}
