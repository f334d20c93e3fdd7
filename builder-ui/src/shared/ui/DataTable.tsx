import { CaretDownOutlined, CaretUpOutlined } from '@ant-design/icons';
import { Button, Checkbox } from 'antd';
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { nextSort, type Sort } from './sort';
import { ErrorState } from './states';

export type Column<T> = {
  key: string;
  title: ReactNode;
  render: (row: T) => ReactNode;
  /** Field the server sorts by; without it the column is not sortable. */
  sort?: string;
  align?: 'right';
  /** Below this width class the column gives way. */
  hide?: 'phone' | 'narrow' | 'medium';
  width?: number | string;
};

type Selection = {
  selected: ReadonlySet<string>;
  onChange: (selected: Set<string>) => void;
  label: (id: string) => string;
};

type Props<T> = {
  label: string;
  columns: Column<T>[];
  rows: T[];
  rowKey: (row: T) => string;
  pages: {
    isPending: boolean;
    isPlaceholderData?: boolean;
    error: unknown;
    refetch: () => unknown;
    hasNextPage?: boolean;
    isFetchingNextPage?: boolean;
    fetchNextPage?: () => unknown;
  };
  empty: ReactNode;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
  selection?: Selection;
  onOpen?: (row: T) => void;
  rowClass?: (row: T) => string | undefined;
};

/** A dense table with cursor paging. Arrow keys or j/k move between rows, Enter opens the focused one. */
export function DataTable<T>(props: Props<T>) {
  const { columns, rows, rowKey, pages, selection, label } = props;
  const { t } = useTranslation();
  if (pages.error && rows.length === 0)
    return <ErrorState error={pages.error} onRetry={() => pages.refetch()} />;
  if (!pages.isPending && rows.length === 0) return <div className="table-box">{props.empty}</div>;

  const ids = rows.map(rowKey);
  const chosen = selection ? ids.filter((id) => selection.selected.has(id)).length : 0;
  return (
    <div className="table-box" aria-busy={pages.isPending || pages.isPlaceholderData}>
      <table className={pages.isPlaceholderData ? 'table table-stale' : 'table'} onKeyDown={moveBetweenRows}>
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr>
            {selection && (
              <th scope="col" className="cell-check">
                <Checkbox
                  aria-label={t('table.selectAll')}
                  checked={chosen > 0 && chosen === ids.length}
                  indeterminate={chosen > 0 && chosen < ids.length}
                  onChange={({ target }) => selection.onChange(new Set(target.checked ? ids : []))}
                />
              </th>
            )}
            {columns.map((column) => (
              <HeaderCell key={column.key} column={column} sort={props.sort} onSort={props.onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {pages.isPending && rows.length === 0 ? (
            <SkeletonRows columns={columns.length + (selection ? 1 : 0)} />
          ) : (
            rows.map((row) => <Row key={rowKey(row)} row={row} table={props} />)
          )}
        </tbody>
      </table>
      <More pages={pages} rows={rows.length} />
    </div>
  );
}

function HeaderCell<T>({
  column,
  sort,
  onSort,
}: {
  column: Column<T>;
  sort?: Sort;
  onSort?: (sort: Sort) => void;
}) {
  const field = column.sort;
  const active = field !== undefined && sort?.field === field;
  return (
    <th
      scope="col"
      className={cellClass(column)}
      style={column.width ? { width: column.width } : undefined}
      aria-sort={active ? (sort.descending ? 'descending' : 'ascending') : undefined}
    >
      {field && onSort ? (
        <button type="button" className="th-sort" onClick={() => onSort(nextSort(sort, field))}>
          {column.title}
          <span className={active ? 'th-caret th-caret-on' : 'th-caret'} aria-hidden>
            {active && sort.descending ? <CaretDownOutlined /> : <CaretUpOutlined />}
          </span>
        </button>
      ) : (
        column.title
      )}
    </th>
  );
}

function Row<T>({ row, table }: { row: T; table: Props<T> }) {
  const { columns, selection, onOpen, rowKey, rowClass } = table;
  const id = rowKey(row);
  const open = (event: MouseEvent) => {
    const target = event.target as HTMLElement;
    if (target.closest('a, button, input, label, [role="menuitem"]') || window.getSelection()?.toString())
      return;
    onOpen?.(row);
  };
  return (
    <tr
      className={`${onOpen ? 'row-open' : ''} ${selection?.selected.has(id) ? 'row-selected' : ''} ${rowClass?.(row) ?? ''}`}
      onClick={onOpen && open}
    >
      {selection && (
        <td className="cell-check">
          <Checkbox
            aria-label={selection.label(id)}
            checked={selection.selected.has(id)}
            onChange={({ target }) => {
              const selected = new Set(selection.selected);
              if (target.checked) selected.add(id);
              else selected.delete(id);
              selection.onChange(selected);
            }}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.key} className={cellClass(column)}>
          {column.render(row)}
        </td>
      ))}
    </tr>
  );
}

const cellClass = <T,>({ align, hide }: Column<T>) =>
  [align === 'right' && 'cell-right', hide && `hide-${hide}`].filter(Boolean).join(' ') || undefined;

function SkeletonRows({ columns }: { columns: number }) {
  return Array.from({ length: 8 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
    <tr key={row} aria-hidden>
      <td colSpan={columns}>
        <span className="line" />
      </td>
    </tr>
  ));
}

/** Loads the next page when its button comes near the screen; the button itself works without scrolling. */
function More({ pages, rows }: { pages: Props<unknown>['pages']; rows: number }) {
  const { t } = useTranslation();
  const anchor = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    const element = anchor.current;
    if (!element || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver(([entry]) => entry?.isIntersecting && fetchNextPage?.(), {
      rootMargin: '200px',
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);
  if (rows === 0) return null;
  return (
    <div className="table-foot" ref={anchor}>
      <span role="status">{t(hasNextPage ? 'table.shownMore' : 'table.shownAll', { count: rows })}</span>
      {hasNextPage && (
        <Button size="small" loading={isFetchingNextPage} onClick={() => fetchNextPage?.()}>
          {t('table.more')}
        </Button>
      )}
    </div>
  );
}

function moveBetweenRows(event: KeyboardEvent<HTMLTableElement>) {
  const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
  const target = event.target as HTMLElement;
  if (!step || event.ctrlKey || event.metaKey || event.altKey || target.matches('input:not([type=checkbox])'))
    return;
  const row = target.closest('tbody tr');
  if (!row) return;
  const links = [...event.currentTarget.querySelectorAll<HTMLElement>('tbody tr [data-row-link]')];
  const at = links.findIndex((link) => row.contains(link));
  const next = links[at + step];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
