import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../api/client';
import { initI18n, setLanguage } from '../i18n';
import { AgeChip } from './Chip';
import { type Column, DataTable } from './DataTable';
import { nextSort, sortParam } from './sort';
import { ErrorState } from './states';

type Row = { id: string; name: string };
const columns: Column<Row>[] = [
  {
    key: 'name',
    title: 'Name',
    sort: 'name',
    render: ({ name }) => (
      <a href="#row" data-row-link>
        {name}
      </a>
    ),
  },
];
const pages = { isPending: false, error: null, refetch: () => undefined };
const rows = ['One', 'Two', 'Three'].map((name) => ({ id: name, name }));

beforeAll(() => initI18n('en'));

describe('DataTable', () => {
  const show = (extra: Partial<Parameters<typeof DataTable<Row>>[0]> = {}) =>
    render(
      <DataTable<Row>
        label="People"
        columns={columns}
        rows={rows}
        rowKey={({ id }) => id}
        pages={pages}
        empty={<p>Nobody</p>}
        {...extra}
      />,
    );

  it('moves between rows with the keyboard', async () => {
    show();
    screen.getByRole('link', { name: 'One' }).focus();
    await userEvent.keyboard('{ArrowDown}');
    expect(screen.getByRole('link', { name: 'Two' })).toHaveFocus();
    await userEvent.keyboard('j');
    expect(screen.getByRole('link', { name: 'Three' })).toHaveFocus();
    await userEvent.keyboard('k');
    expect(screen.getByRole('link', { name: 'Two' })).toHaveFocus();
  });

  it('says how it is sorted and asks for the other way', async () => {
    const onSort = vi.fn();
    show({ sort: { field: 'name', descending: false }, onSort });
    const header = screen.getByRole('columnheader', { name: 'Name' });
    expect(header).toHaveAttribute('aria-sort', 'ascending');
    await userEvent.click(within(header).getByRole('button'));
    expect(onSort).toHaveBeenCalledWith({ field: 'name', descending: true });
  });

  it('selects rows one by one and all at once', async () => {
    const onChange = vi.fn();
    show({ selection: { selected: new Set(['One']), onChange, label: (id) => `Select ${id}` } });
    await userEvent.click(screen.getByRole('checkbox', { name: 'Select Two' }));
    expect(onChange).toHaveBeenLastCalledWith(new Set(['One', 'Two']));
    await userEvent.click(screen.getByRole('checkbox', { name: 'Select all rows' }));
    expect(onChange).toHaveBeenLastCalledWith(new Set(['One', 'Two', 'Three']));
  });

  it('says what to do when it is empty, and offers a retry when loading failed', async () => {
    const { rerender } = show({ rows: [] });
    expect(screen.getByText('Nobody')).toBeVisible();
    const refetch = vi.fn();
    rerender(
      <DataTable<Row>
        label="People"
        columns={columns}
        rows={[]}
        rowKey={({ id }) => id}
        pages={{ ...pages, error: new Error('x'), refetch }}
        empty={null}
      />,
    );
    await userEvent.click(within(screen.getByRole('alert')).getByRole('button', { name: 'Try again' }));
    expect(refetch).toHaveBeenCalled();
  });
});

describe('ErrorState', () => {
  const buttons = () => screen.queryAllByRole('button').map(({ textContent }) => textContent);

  it('offers the one way on that makes sense', () => {
    const onRetry = vi.fn();
    const gone = new ApiError(404, { status: 404 });
    const { rerender } = render(<ErrorState level={1} error={gone} onRetry={onRetry} />);
    expect(buttons()).toEqual(['Go back']);
    rerender(<ErrorState error={gone} onRetry={onRetry} onClose={vi.fn()} />);
    expect(buttons()).toEqual(['Close']);
    rerender(<ErrorState level={1} error={new ApiError(403, { status: 403 })} onRetry={onRetry} />);
    expect(buttons()).toEqual(['Go back']);
    rerender(<ErrorState level={1} error={new ApiError(500, { status: 500 })} onRetry={onRetry} />);
    expect(buttons()).toEqual(['Try again']);
    rerender(<ErrorState error={new ApiError(0, {})} />);
    expect(buttons()).toEqual([]);
  });
});

describe('AgeChip', () => {
  it('says the age in words, in both languages', async () => {
    const { rerender } = render(<AgeChip dpd={1} />);
    expect(screen.getByText('1 day overdue')).toHaveClass('ramp1');
    rerender(<AgeChip dpd={70} />);
    expect(screen.getByText('70 days overdue')).toHaveClass('ramp3');
    rerender(<AgeChip dpd={0} />);
    expect(screen.getByText('Due today')).toHaveClass('ramp0');
    await setLanguage('zh-CN');
    rerender(<AgeChip dpd={-3} />);
    expect(screen.getByText('3 天后到期')).toHaveClass('ramp0');
    expect(document.documentElement.lang).toBe('zh-CN');
  });
});

describe('sort', () => {
  it('turns round on the second click', () => {
    expect(nextSort(undefined, 'name')).toEqual({ field: 'name', descending: false });
    expect(sortParam(nextSort({ field: 'name', descending: false }, 'name'))).toBe('-name');
  });
});
