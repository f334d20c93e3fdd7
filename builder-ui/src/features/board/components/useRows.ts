import { useMemo, useState } from 'react';
import { nextPage, readCards } from '../api/board';
import type { View } from '../model/types';
import { useBoard } from '../store/board';

const page = 60;

export type RowsProps = {
  view: View;
  query: { search?: string; filter?: string };
  onOpen: (id: string) => void;
};

/** The board's cards one after the other: column by column, oldest first, a page at a time. */
export function useRows({ view, query }: RowsProps) {
  const board = useBoard((store) => store.board);
  const [shown, setShown] = useState(page);
  const [reading, setReading] = useState(false);
  const cells = Object.entries(board.cells);
  const all = useMemo(
    () =>
      view.columns.flatMap((column) =>
        Object.values(board.cells)
          .filter((cell) => cell.column === column)
          .flatMap(({ ids }) => ids),
      ),
    [board.cells, view.columns],
  );
  const unread = cells.filter(([, cell]) => cell.next && cell.lane === '');
  const showMore = async () => {
    if (shown >= all.length - page && unread.length > 0) {
      setReading(true);
      for (const [key, { column, next }] of unread) {
        const read = await readCards(view.key, { ...query, column, cursor: next, limit: nextPage }).catch(
          () => undefined,
        );
        if (read?.columns[0]) useBoard.getState().more(key, read.columns[0]);
      }
      setReading(false);
    }
    setShown(shown + page);
  };
  return {
    ids: all.slice(0, shown),
    total: cells.reduce((sum, [, { count }]) => sum + count, 0),
    hasMore: shown < all.length || unread.length > 0,
    reading,
    showMore,
  };
}

export type Rows = ReturnType<typeof useRows>;
