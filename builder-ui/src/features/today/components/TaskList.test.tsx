import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { App } from 'antd';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { keys } from '@/shared/api/query';
import type { Session, Task, Today } from '@/shared/api/types';
import { initI18n } from '@/shared/i18n';
import { TaskList } from './TaskList';

const task: Task = {
  id: 't1',
  title: 'Call the customer',
  customer: { id: 'c1', name: 'Northwind' },
  assignee: { id: 'u1', name: 'Mara' },
  status: 'open',
  invoices: [],
  results: [{ key: 'reached', label: { en: 'Reached', 'zh-CN': '已接通' } }],
  createdAt: '2026-04-01T00:00:00Z',
};
const shared: Task = {
  ...task,
  id: 't3',
  title: 'May we write?',
  invoices: ['A-1', 'A-2', 'A-3'].map((name) => ({ id: name.toLowerCase(), name })),
  divisible: true,
};
const waiting: Task = { ...task, id: 't2', title: 'Check the address', assignee: undefined, role: 'sales' };

beforeAll(() => initI18n('en'));
afterEach(() => vi.unstubAllGlobals());

function show() {
  const json = (body: unknown) =>
    new Response(JSON.stringify(body), { headers: { 'Content-Type': 'application/json' } });
  const fetched = vi.fn(async (url: string, _: RequestInit) => {
    if (url.includes('mine=true')) return json({ items: [task, shared] });
    if (url.includes('queue=true')) return json({ items: [waiting] });
    return json({});
  });
  vi.stubGlobal('fetch', fetched);
  const client = new QueryClient({
    defaultOptions: { queries: { retry: false, staleTime: Number.POSITIVE_INFINITY } },
  });
  client.setQueryData(keys.session, {
    user: { id: 'u1', name: 'Mara' },
    workspace: { timezone: 'UTC' },
    can: { 'task.write': true },
  } as unknown as Session);
  render(
    <QueryClientProvider client={client}>
      <App>
        <MemoryRouter>
          <TaskList today={{ tasks: [task, waiting], counts: { tasks: 2 } } as Today} />
        </MemoryRouter>
      </App>
    </QueryClientProvider>,
  );
  return fetched;
}

it('completes a task with its result', async () => {
  const fetched = show();
  await userEvent.click(await screen.findByRole('button', { name: 'Complete: Call the customer' }));
  const save = await screen.findByRole('button', { name: 'Complete' });
  expect(save).toBeDisabled();
  await userEvent.click(screen.getByRole('radio', { name: 'Reached' }));
  await userEvent.click(save);
  expect(fetched).toHaveBeenCalledWith(
    '/api/v1/tasks/t1/complete',
    expect.objectContaining({ method: 'POST', body: JSON.stringify({ result: 'reached' }) }),
  );
});

it('completes a task for some of its invoices, and leaves the others', async () => {
  const fetched = show();
  await userEvent.click(await screen.findByRole('button', { name: 'Complete: May we write?' }));
  expect(screen.getByRole('link', { name: 'A-2' })).toHaveAttribute('href', '/invoices?invoice=a-2');
  expect(screen.getByText('and 1 more')).toBeInTheDocument();
  const save = await screen.findByRole('button', { name: 'Complete' });
  await userEvent.click(screen.getByRole('radio', { name: 'Reached' }));
  for (const name of ['A-1', 'A-2', 'A-3']) await userEvent.click(screen.getByRole('checkbox', { name }));
  expect(save).toBeDisabled();
  await userEvent.click(screen.getByRole('checkbox', { name: 'A-3' }));
  await userEvent.click(save);
  expect(fetched).toHaveBeenCalledWith(
    '/api/v1/tasks/t3/complete',
    expect.objectContaining({ body: JSON.stringify({ result: 'reached', invoices: ['a-3'] }) }),
  );
  await userEvent.click(screen.getByRole('button', { name: 'Complete: May we write?' }));
  expect(await screen.findByRole('checkbox', { name: 'A-1' })).toBeChecked();
  expect(screen.getByRole('radio', { name: 'Reached' })).not.toBeChecked();
});

it('takes a task that waits for anybody of one’s role', async () => {
  const fetched = show();
  expect(screen.queryByText('Check the address')).not.toBeInTheDocument();
  await userEvent.click(screen.getByText('My queue'));
  await userEvent.click(await screen.findByRole('button', { name: 'Take: Check the address' }));
  expect(fetched).toHaveBeenCalledWith(
    '/api/v1/tasks/t2',
    expect.objectContaining({ method: 'PATCH', body: JSON.stringify({ assignee: 'u1' }) }),
  );
});
