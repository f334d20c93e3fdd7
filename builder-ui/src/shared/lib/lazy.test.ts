import { type ComponentType, createElement, Suspense } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ahead, lazy, untilAnswered } from './lazy';

beforeEach(() => vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const away = () => Promise.reject(new TypeError('Failed to fetch'));

test('code is asked for until the server is there again', async () => {
  let there = false;
  vi.stubGlobal('fetch', () => (there ? Promise.resolve(new Response()) : away()));
  const load = vi.fn(() => (there ? Promise.resolve('code') : away()));
  let got = '';
  void untilAnswered(load).then((code) => {
    got = code;
  });
  await vi.advanceTimersByTimeAsync(10_000);
  expect(got).toBe('');
  there = true;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(got).toBe('code');
});

test('code that the server does not have is told at once', async () => {
  vi.stubGlobal('fetch', () => Promise.resolve(new Response()));
  const load = vi.fn(away);
  await expect(untilAnswered(load)).rejects.toThrow('Failed to fetch');
  expect(load).toHaveBeenCalledTimes(2);
});

test('what has come ahead is shown without a placeholder', async () => {
  vi.useRealTimers();
  const load = () => Promise.resolve({ default: () => createElement('p', null, 'the page') });
  await ahead(load);
  const html = (component: ComponentType) =>
    renderToString(createElement(Suspense, { fallback: 'wait' }, createElement(component)));
  expect(html(lazy(load))).toContain('the page');
  expect(html(lazy(() => load()))).toContain('wait'); // another, which has not come
});
