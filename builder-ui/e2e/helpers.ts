import { expect, type Page } from '@playwright/test';
import axe from 'axe-core';

export type Lang = 'en' | 'zh-CN';
export const languages: Lang[] = ['en', 'zh-CN'];

/** The page opens in this language, whatever the browser prefers; other origins and frames are left alone. */
export async function speak(page: Page, lang: Lang) {
  await page.addInitScript((chosen) => {
    try {
      localStorage.setItem('dueflow.language', chosen);
    } catch {
      // A sandboxed frame has no storage.
    }
  }, lang);
}

export async function open(page: Page, path: string) {
  await page.goto(path);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await settled(page);
}

/** Nothing is loading any more. Not "network idle": the live socket never is. */
export async function settled(page: Page) {
  await expect(page.locator('[aria-busy="true"], .line')).toHaveCount(0);
}

const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

/** Run in the page itself: the message preview is a frame without scripts, where axe could never answer. */
export async function expectAccessible(page: Page) {
  await page.evaluate(axe.source);
  const told = await page.evaluate(async (values) => {
    const runner = (window as unknown as { axe: typeof axe }).axe;
    const { violations } = await runner.run(document, { iframes: false, runOnly: { type: 'tag', values } });
    return violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`,
    );
  }, tags);
  expect(told).toEqual([]);
}

/** A picture for whoever looks at the pages: into the folder SHOTS, if there is one. */
export async function shot(page: Page, name: string) {
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` });
}

export async function firstCustomer(page: Page): Promise<string> {
  const answer = await page.request.get('/api/v1/records/customer?limit=1&sort=name');
  const { items } = await answer.json();
  return items[0].id;
}

/** A demo on which hardly any time passes, where the tests were given one: for `test.use`. */
export const still = process.env.DUEFLOW_STILL_URL ? { baseURL: process.env.DUEFLOW_STILL_URL } : {};

/** The goal of a flow over invoices: it stops when nothing is owed any more. */
export const stopsWhenPaid = [
  {
    id: 'paid',
    on: ['payment.recorded'],
    when: { field: 'invoice.open', op: 'lte', value: 0 },
    outcome: 'goal',
  },
];
