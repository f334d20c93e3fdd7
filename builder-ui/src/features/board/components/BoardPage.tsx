import '../texts';
import { Button } from 'antd';
import { Suspense, useCallback, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { useTitle } from '@/shared/lib/useTitle';
import { Empty, ErrorState, NoMatch } from '@/shared/ui/states';
import { useViews } from '../api/board';
import { useCards } from '../api/useCards';
import { headOf } from '../model/board';
import { joined } from '../model/query';
import type { ColumnKey, View } from '../model/types';
import { useBoard } from '../store/board';
import { BulkBar } from './BulkBar';
import { Columns } from './Columns';
import { Choice, usePhone } from './parts';
import { Toolbar } from './Toolbar';
import { standOn } from './useBoardKeys';
import { noFilters, useBoardState } from './useBoardState';
import { useAsking, useMoves } from './useMoves';
import { ViewPicker } from './ViewPicker';

const MoveForm = lazy(() => import('./MoveForm'));
const BulkDialog = lazy(() => import('./BulkDialog'));
const Peek = lazy(() => import('./Peek'));
const TableView = lazy(() => import('./TableView'));
const CalendarView = lazy(() => import('./CalendarView'));
const GalleryView = lazy(() => import('./GalleryView'));

export default function BoardPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { key = 'collection' } = useParams();
  const views = useViews();
  const view = views.data?.find((one) => one.key === key);
  const title = view ? format.text(view.name) : t('nav.board');
  useTitle(title);
  return (
    <div className="board-page">
      <div className="board-top">
        <h1 className="page-title">{title}</h1>
        {view && views.data && <ViewPicker view={view} views={views.data} />}
      </div>
      {view ? (
        <Content key={view.key} view={view} />
      ) : views.error ? (
        <ErrorState error={views.error} onRetry={() => views.refetch()} />
      ) : views.isPending ? (
        <Loading />
      ) : (
        <Empty
          title={t('board.noView')}
          text={t('board.noViewText')}
          action={
            <Link to="/board">
              <Button type="primary">{t('board.toBoard')}</Button>
            </Link>
          }
        />
      )}
    </div>
  );
}

function Content({ view }: { view: View }) {
  const { t } = useTranslation();
  const state = useBoardState(view);
  const { search, sort, conditions, lanes, laneValues, mode } = state;
  const query = useMemo(
    () => ({ search, sort, conditions, lanes, values: laneValues }),
    [search, sort, conditions, lanes, laneValues],
  );
  const plain = useMemo(() => ({ search, sort, filter: joined(conditions) }), [search, sort, conditions]);
  const result = useCards(view, query);
  const ready = useBoard((store) => store.ready);
  const total = useBoard(({ board }) =>
    Object.values(board.cells).reduce((sum, { count }) => sum + count, 0),
  );
  const phone = usePhone();
  const [column, setColumn] = useState<ColumnKey>('followUp');
  const { set } = state;
  const asked = useSearchParams()[0].get('card') ?? undefined;
  const [peek, setPeek] = useState(asked);
  // A link to a card may be followed on the board itself, from a notice.
  useEffect(() => {
    if (asked) setPeek(asked);
  }, [asked]);
  const open = useCallback(
    (id: string) => {
      useBoard.getState().stand(id);
      setPeek(id);
      set({ card: id });
    },
    [set],
  );
  const close = useCallback(() => {
    const { current } = useBoard.getState();
    setPeek(undefined);
    set({ card: undefined });
    if (current) standOn(current);
  }, [set]);

  useEffect(() => () => useBoard.getState().reset(), []);

  return (
    <>
      <Toolbar view={view} state={state} />
      <BulkBar />
      <div className="board-body">
        {result.error && !ready ? (
          <ErrorState error={result.error} onRetry={() => result.refetch()} />
        ) : !ready ? (
          <Loading />
        ) : (
          <div className="board-main">
            {result.error && (
              <p className="board-stale" role="status">
                {t('board.notFresh')}{' '}
                <Button size="small" onClick={() => result.refetch()}>
                  {t('error.retry')}
                </Button>
              </p>
            )}
            {total === 0 && mode !== 'calendar' ? (
              <BoardEmpty filtered={state.filtered} onClear={() => set(noFilters)} />
            ) : mode === 'table' ? (
              <Suspense fallback={<Loading />}>
                <TableView view={view} query={plain} onOpen={open} />
              </Suspense>
            ) : mode === 'gallery' ? (
              <Suspense fallback={<Loading />}>
                <GalleryView view={view} query={plain} onOpen={open} />
              </Suspense>
            ) : mode === 'calendar' ? (
              <Suspense fallback={<Loading />}>
                <CalendarView view={view} query={plain} onOpen={open} />
              </Suspense>
            ) : (
              <>
                {phone && (
                  <ColumnSwitch
                    columns={view.columns}
                    lanes={laneValues}
                    value={column}
                    onChange={setColumn}
                  />
                )}
                <Columns
                  view={view}
                  state={state}
                  phoneColumn={phone ? (view.columns.includes(column) ? column : view.columns[0]) : undefined}
                  onOpen={open}
                />
              </>
            )}
          </div>
        )}
        {peek && (
          <Suspense fallback={<aside className="peek" aria-busy />}>
            <Peek key={peek} id={peek} onClose={close} />
          </Suspense>
        )}
      </div>
      <Asking />
    </>
  );
}

function BoardEmpty({ filtered, onClear }: { filtered: boolean; onClear: () => void }) {
  const { t } = useTranslation();
  if (filtered) return <NoMatch onClear={onClear} />;
  return (
    <Empty
      title={t('board.emptyTitle')}
      text={t('board.emptyText')}
      action={
        <span className="state-actions">
          <Link to="/import?form=invoice">
            <Button type="primary">{t('action.importFile')}</Button>
          </Link>
          <Link to="/invoices?new=1">
            <Button>{t('invoice.create')}</Button>
          </Link>
        </span>
      }
    />
  );
}

type SwitchProps = {
  columns: ColumnKey[];
  lanes: string[];
  value: ColumnKey;
  onChange: (column: ColumnKey) => void;
};

/** On a phone, one column at a time. */
function ColumnSwitch({ columns, lanes, value, onChange }: SwitchProps) {
  const { t } = useTranslation();
  const board = useBoard((store) => store.board);
  return (
    <div className="column-switch">
      <Choice<ColumnKey>
        label={t('board.columnShown')}
        value={columns.includes(value) ? value : (columns[0] ?? value)}
        onChange={onChange}
        options={columns.map((key) => ({
          value: key,
          label: t('board.columnWithCount', {
            column: t(`board.column.${key}`),
            count: headOf(board, key, lanes).count,
          }),
        }))}
      />
    </div>
  );
}

/** The form or the preview that a move waits for. */
function Asking() {
  const { one, many } = useAsking();
  const { send, cancel } = useMoves();
  return (
    <Suspense fallback={null}>
      {one && <MoveForm asking={one} onSend={send} onClose={cancel} />}
      {many && <BulkDialog {...many} onClose={() => useAsking.setState({ many: undefined })} />}
    </Suspense>
  );
}

function Loading() {
  const { t } = useTranslation();
  return (
    <div className="board-loading" aria-busy="true">
      <span className="sr-only" role="status">
        {t('state.loading')}
      </span>
      {[4, 5, 3, 3, 2, 2].map((cards, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <div key={column} className="board-ghosts" aria-hidden>
          <span className="line" />
          {Array.from({ length: cards }, (_, card) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
            <span key={card} className="ghost" />
          ))}
        </div>
      ))}
    </div>
  );
}
