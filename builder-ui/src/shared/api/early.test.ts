import { afterEach, expect, it, vi } from 'vitest';
import { api } from './client';
import { askEarly, forgetEarly } from './early';

const answer = (body: unknown, status = 200) =>
  new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

afterEach(() => {
  forgetEarly();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

it('gives an early answer once, and asks again after it', async () => {
  const fetch = vi.fn().mockResolvedValueOnce(answer('early')).mockResolvedValueOnce(answer('later'));
  vi.stubGlobal('fetch', fetch);
  askEarly('/api/v1/boards/b/cards?limit=30', 'en');
  expect(await api.get('/boards/b/cards', { limit: 30, sort: undefined })).toBe('early');
  expect(await api.get('/boards/b/cards', { limit: 30 })).toBe('later');
});

it('asks itself when the early answer was refused, is old, or was meant for somebody else', async () => {
  const fetch = vi.fn();
  vi.stubGlobal('fetch', fetch);
  fetch.mockResolvedValueOnce(answer({}, 401)).mockResolvedValueOnce(answer('mine'));
  askEarly('/api/v1/boards', 'en');
  expect(await api.get('/boards')).toBe('mine');

  vi.useFakeTimers({ toFake: ['performance'] });
  fetch.mockResolvedValueOnce(answer('old')).mockResolvedValueOnce(answer('new'));
  askEarly('/api/v1/boards', 'en');
  vi.advanceTimersByTime(11_000);
  expect(await api.get('/boards')).toBe('new');

  fetch.mockResolvedValueOnce(answer('theirs')).mockResolvedValueOnce(answer('mine again'));
  askEarly('/api/v1/boards', 'en');
  forgetEarly();
  expect(await api.get('/boards')).toBe('mine again');
});
