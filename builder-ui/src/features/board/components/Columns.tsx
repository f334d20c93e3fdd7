import { type CSSProperties, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { cellKey } from '../model/board';
import { joined, laneCondition } from '../model/query';
import type { ColumnKey, View } from '../model/types';
import { useBoard } from '../store/board';
import { CardList } from './CardList';
import { ColumnHead } from './ColumnHead';
import { BoardColumns } from './context';
import { useBoardKeys } from './useBoardKeys';
import type { BoardState } from './useBoardState';
import { useDnd } from './useDnd';
import { useMoves } from './useMoves';

type Props = { view: View; state: BoardState; phoneColumn?: ColumnKey; onOpen: (id: string) => void };

export function Columns({ view, state, phoneColumn, onOpen }: Props) {
  const { t } = useTranslation();
  const { request } = useMoves();
  const move = useRef(request);
  move.current = request;
  const box = useRef<HTMLDivElement>(null);
  const columns = useMemo(() => (phoneColumn ? [phoneColumn] : view.columns), [phoneColumn, view.columns]);
  const lanes = state.laneValues;
  const onKeyDown = useBoardKeys(view.columns, lanes);

  useDnd(
    box,
    (dnd, target) =>
      dnd.watchBoard(target, (ids, to) => {
        useBoard.getState().hold(ids, false);
        if (to) move.current(ids, to);
      }),
    'board',
  );

  return (
    <BoardColumns value={view.columns}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the cards inside */}
      <div
        ref={box}
        className={`board${state.lanes ? ' board-lanes' : ''}`}
        data-columns={columns.length}
        style={{ '--columns': columns.length } as CSSProperties}
        onKeyDown={onKeyDown}
      >
        <div className="board-heads">
          {columns.map((column) => (
            <ColumnHead key={column} column={column} lanes={lanes} id={`column-${column}`} />
          ))}
        </div>
        {lanes.map((lane) => (
          <Lane key={lane} lane={lane} columns={columns} view={view} state={state} onOpen={onOpen} />
        ))}
        <p className="sr-only">{t('board.keys')}</p>
      </div>
    </BoardColumns>
  );
}

type LaneProps = Omit<Props, 'phoneColumn'> & { lane: string; columns: ColumnKey[] };

function Lane({ lane, columns, view, state, onOpen }: LaneProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const count = useBoard(({ board }) =>
    view.columns.reduce((sum, column) => sum + (board.cells[cellKey(column, lane)]?.count ?? 0), 0),
  );
  const element = useRef<HTMLElement>(null);
  const [near, setNear] = useState(!state.lanes);
  const filter = useMemo(
    () => joined(state.lanes ? [...state.conditions, laneCondition(state.lanes, lane)] : state.conditions),
    [state.conditions, state.lanes, lane],
  );
  // Lanes far from sight mount no cards.
  useEffect(() => {
    if (!element.current || !state.lanes) return;
    const watch = new IntersectionObserver(([entry]) => entry && setNear(entry.isIntersecting));
    watch.observe(element.current);
    return () => watch.disconnect();
  }, [state.lanes]);
  if (state.lanes && count === 0) return null;
  const name =
    lane === '-'
      ? t(`board.noLane.${state.lanes}`)
      : state.lanes === 'tier'
        ? t('customer.tierOf', { tier: lane })
        : state.nameOf(lane);
  const lists = columns.map((column) =>
    near ? (
      <CardList
        key={column}
        view={view.key}
        column={column}
        lane={lane}
        label={`${t(`board.column.${column}`)}${state.lanes ? ` · ${name}` : ''}`}
        search={state.search}
        sort={state.sort}
        filter={filter}
        onOpen={onOpen}
      />
    ) : (
      <div key={column} className="cards" />
    ),
  );
  if (!state.lanes) return <div className="lane-cells">{lists}</div>;
  return (
    <section className="lane" aria-label={name} ref={element}>
      <h3 className="lane-title">
        {name} <span className="section-count num">{format.number(count)}</span>
      </h3>
      <div className="lane-cells">{lists}</div>
    </section>
  );
}
