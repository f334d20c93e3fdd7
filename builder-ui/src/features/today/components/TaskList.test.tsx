import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { App } from 'antd';
import { MemoryRouter } from 'react-router';
import { beforeAll, expect, it, vi } from 'vitest';
import type { Task, Today } from '@/shared/api/types';
import { initI18n } from '@/shared/i18n';
import { TaskList } from './TaskList';

const task: Task = {
  id: 't1',
  title: 'Call the customer',
  customer: { id: 'c1', name: 'Northwind' },
  status: 'open',
  results: [{ key: 'reached', label: { en: 'Reached', 'zh-CN': '已接通' } }],
  createdAt: '2026-04-01T00:00:00Z',
};

beforeAll(() => initI18n('en'));

it('completes a task with its result', async () => {
  const fetched = vi.fn(async () => new Response('{}', { headers: { 'Content-Type': 'application/json' } }));
  vi.stubGlobal('fetch', fetched);
  const today = { tasks: [task], counts: { tasks: 1 } } as Today;
  render(
    <QueryClientProvider
      client={new QueryClient({ defaultOptions: { queries: { retry: false, enabled: false } } })}
    >
      <App>
        <MemoryRouter>
          <TaskList today={today} />
        </MemoryRouter>
      </App>
    </QueryClientProvider>,
  );
  await userEvent.click(screen.getByRole('button', { name: 'Complete: Call the customer' }));
  const save = await screen.findByRole('button', { name: 'Complete' });
  expect(save).toBeDisabled();
  await userEvent.click(screen.getByRole('radio', { name: 'Reached' }));
  await userEvent.click(save);
  expect(fetched).toHaveBeenCalledWith(
    '/api/v1/tasks/t1/complete',
    expect.objectContaining({ method: 'POST', body: JSON.stringify({ result: 'reached' }) }),
  );
  vi.unstubAllGlobals();
});
