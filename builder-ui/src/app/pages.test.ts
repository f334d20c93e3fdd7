import { expect, it, vi } from 'vitest';
import { tabs } from '@/features/flows/tabs';
import * as client from '@/shared/api/client';
import { fetchEarly, pages } from './pages';

it('fetches the page of an address, and nothing for one that is not known', () => {
  const fetched: string[] = [];
  const asked: string[] = [];
  vi.spyOn(client, 'getEarly').mockImplementation((path) => {
    asked.push(path);
  });
  for (const key of Object.keys(pages) as (keyof typeof pages)[])
    vi.spyOn(pages, key).mockImplementation(() => {
      fetched.push(key);
      return Promise.reject(new Error('not in a test'));
    });
  for (const key of Object.keys(tabs) as (keyof typeof tabs)[])
    vi.spyOn(tabs, key).mockImplementation(() => {
      fetched.push(key);
      return Promise.reject(new Error('not in a test'));
    });
  for (const path of [
    '/board',
    '/board/mine',
    '/',
    '/customers',
    '/customers/c1',
    '/flows/a',
    '/flows/a/rehearsal',
    '/nowhere',
    '/toString',
  ])
    void fetchEarly({ pathname: path, search: '' });
  expect(asked).toEqual(['/boards', '/boards/collection/cards']);
  expect(fetched).toEqual([
    'board',
    'board',
    'today',
    'customers',
    'customer',
    'flow',
    'designer',
    'flow',
    'rehearsal',
  ]);
});
