import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/react/shallow';
import { useFormat } from '@/shared/lib/useFormat';
import { cellKey, headOf } from '../model/board';
import { isClosed } from '../model/query';
import type { ColumnKey } from '../model/types';
import { useBoard } from '../store/board';

/** A column's name, how many stand in it, and what they owe, by currency. */
export function ColumnHead({ column, lanes, id }: { column: ColumnKey; lanes: string[]; id: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = useBoard(({ board }) => headOf(board, column, lanes).count);
  const totals = useBoard(useShallow(({ board }) => headOf(board, column, lanes).totals));
  const limit = useBoard(({ board }) => board.cells[cellKey(column, lanes[0])]?.limit);
  const over = limit !== undefined && count > limit;
  const sums = Object.entries(totals)
    .filter(([, amount]) => amount !== 0)
    .sort();
  return (
    <div className="column-head">
      <div className="column-title">
        <h2 id={id}>{t(`board.column.${column}`)}</h2>
        <span className={`section-count num${over ? ' count-over' : ''}`}>
          {limit ? t('board.countOf', { count, limit }) : format.number(count)}
        </span>
        {isClosed(column) && (
          <span className="column-auto" title={t('board.closedText')}>
            {t('board.auto')}
          </span>
        )}
      </div>
      {over && <p className="column-over">{t('board.overLimit', { count: count - limit })}</p>}
      <dl className="column-totals">
        {sums.map(([currency, amount]) => (
          <div key={currency}>
            <dt>{currency}</dt>
            <dd className="num">{format.money(amount, currency)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
