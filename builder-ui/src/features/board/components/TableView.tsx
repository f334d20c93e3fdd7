import { useTranslation } from 'react-i18next';
import { bucketOf, rampOf } from '@/shared/lib/ageing';
import { useFormat } from '@/shared/lib/useFormat';
import { TierMark } from '@/shared/ui/Chip';
import { NoMatch } from '@/shared/ui/states';
import { useBoard } from '../store/board';
import { BoardColumns } from './context';
import { MoveMenu } from './MoveMenu';
import { Check } from './parts';
import { RowsFoot } from './RowsFoot';
import { type RowsProps, useRows } from './useRows';

/** The same cards as rows. */
export default function TableView(props: RowsProps) {
  const { view, onOpen } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const cards = useBoard((store) => store.board.cards);
  const selected = useBoard((store) => store.selected);
  const { pick } = useBoard.getState();
  const rows = useRows(props);
  if (rows.ids.length === 0) return <NoMatch />;
  return (
    <BoardColumns value={view.columns}>
      <div className="table-box board-table">
        <table className="table" aria-label={t('board.modes.table')}>
          <thead>
            <tr>
              <th className="cell-check">
                <span className="sr-only">{t('board.bulk')}</span>
              </th>
              <th>{t('field.name')}</th>
              <th>{t('board.stands')}</th>
              <th className="cell-right">{t('balance.open')}</th>
              <th className="cell-right hide-phone">{t('balance.overdue')}</th>
              <th>{t('invoice.age')}</th>
              <th className="hide-narrow">{t('customer.owner')}</th>
              <th className="hide-medium">{t('board.nextContact')}</th>
              <th>
                <span className="sr-only">{t('table.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.ids.map((id) => {
              const card = cards[id];
              if (!card) return null;
              const balances = (card.balances ?? []).filter(({ open }) => open !== 0);
              return (
                <tr key={id} aria-selected={selected.has(id)}>
                  <td className="cell-check">
                    <Check
                      label={t('board.select', { name: card.name })}
                      checked={selected.has(id)}
                      onPick={(upTo) => pick(id, { upTo })}
                    />
                  </td>
                  <td>
                    <span className="inline">
                      <button
                        type="button"
                        className="row-title row-button"
                        data-open={id}
                        onClick={() => onOpen(id)}
                      >
                        {card.name}
                      </button>
                      <TierMark tier={card.tier} />
                    </span>
                  </td>
                  <td className="cell-whole">{t(`board.column.${card.column}`)}</td>
                  <td className="cell-right num">
                    {balances.map(({ currency, open }) => (
                      <div key={currency}>{format.money(open, currency)}</div>
                    ))}
                  </td>
                  <td className="cell-right num hide-phone">
                    {balances.map(({ currency, overdue }) => (
                      <div key={currency} className={overdue > 0 ? undefined : 'money-quiet'}>
                        {format.money(overdue, currency)}
                      </div>
                    ))}
                  </td>
                  <td>
                    <span className={`chip ${rampOf(bucketOf(card.overdueDays))}`}>
                      {card.overdueDays > 0
                        ? t('age.overdue', { count: card.overdueDays })
                        : t('bucket.current')}
                    </span>
                  </td>
                  <td className="hide-narrow">{card.owner?.name ?? t('board.noOwner')}</td>
                  <td className="hide-medium num">{format.instant(card.nextContactAt)}</td>
                  <td>
                    <MoveMenu card={card} isStop />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
        <RowsFoot rows={rows} />
      </div>
    </BoardColumns>
  );
}
