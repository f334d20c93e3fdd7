import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { nextPage, readCards } from '../api/board';
import { cellKey } from '../model/board';
import { isClosed } from '../model/query';
import type { ColumnKey } from '../model/types';
import { useBoard } from '../store/board';
import { CardItem } from './CardItem';
import { useDnd } from './useDnd';

const none: string[] = [];

type Props = {
  view: string;
  column: ColumnKey;
  lane: string;
  label: string;
  search?: string;
  sort?: string;
  filter?: string;
  onOpen: (id: string) => void;
};

/** The cards of one column (in one lane): only those in sight are mounted, more are read as one scrolls. */
export function CardList({ view, column, lane, label, search, sort, filter, onOpen }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe().user.id;
  const key = cellKey(column, lane);
  const scroller = useRef<HTMLDivElement>(null);
  const ids = useBoard(({ board }) => board.cells[key]?.ids ?? none);
  const next = useBoard(({ board }) => board.cells[key]?.next);
  const count = useBoard(({ board }) => board.cells[key]?.count ?? 0);
  const stop = useBoard(({ current }) => (current && ids.includes(current) ? current : ids[0]));
  const [over, setOver] = useState(false);
  const [failed, setFailed] = useState(false);
  const reading = useRef(false);

  const virtual = useVirtualizer({
    count: ids.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => 136,
    getItemKey: (index) => ids[index] ?? index,
    overscan: 2,
    gap: 8,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;

  useDnd(scroller, (dnd, target) => dnd.dropColumn(target, column, setOver), column);

  useEffect(() => {
    if (!next || failed || reading.current || last < ids.length - 6) return;
    reading.current = true;
    readCards(view, { column, cursor: next, search, sort, filter, limit: nextPage })
      .then(({ columns: [page] }) => page && useBoard.getState().more(key, page))
      .catch(() => setFailed(true))
      .finally(() => {
        reading.current = false;
      });
  }, [next, failed, last, ids.length, view, column, search, sort, filter, key]);

  // Arrow keys may lead to a card that is not mounted: bring it into sight, then give it the focus.
  useEffect(() => {
    const scroll = (event: Event) => {
      const { id } = (event as CustomEvent<{ id: string }>).detail;
      const index = ids.indexOf(id);
      if (index < 0) return;
      virtual.scrollToIndex(index, { align: 'auto' });
      requestAnimationFrame(() =>
        requestAnimationFrame(() =>
          document.querySelector<HTMLElement>(`[data-open="${CSS.escape(id)}"]`)?.focus(),
        ),
      );
    };
    document.addEventListener('board:stand', scroll);
    return () => document.removeEventListener('board:stand', scroll);
  }, [ids, virtual]);

  const refuses = over && isClosed(column);
  return (
    <div
      ref={scroller}
      className={`cards${over ? ' cards-over' : ''}${refuses ? ' cards-refuse' : ''}`}
      data-column={column}
      data-lane={lane}
    >
      {refuses && <p className="cards-note">{t('board.closedText')}</p>}
      {ids.length === 0 ? (
        <p className="cards-empty">{t(`board.emptyColumn.${column}`)}</p>
      ) : (
        // biome-ignore lint/a11y/noRedundantRoles: list-style none takes the role away in some readers
        <ul role="list" aria-label={label} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start, key: itemKey }) => {
            const id = ids[index];
            if (!id) return null;
            return (
              <li
                key={itemKey}
                ref={virtual.measureElement}
                data-index={index}
                aria-setsize={count}
                aria-posinset={index + 1}
                style={{ transform: `translateY(${start}px)` }}
              >
                <CardItem id={id} isStop={id === stop} format={format} me={me} onOpen={onOpen} />
              </li>
            );
          })}
        </ul>
      )}
      {failed && (
        <button type="button" className="cards-retry" onClick={() => setFailed(false)}>
          {t('board.moreFailed')}
        </button>
      )}
    </div>
  );
}
