import { expect, type Page, test } from '@playwright/test';
import { type Lang, settled } from './helpers';
import type { wordsOf } from './words';

const shots = process.env.SHOTS;

type Say = ReturnType<typeof wordsOf>;
export type Walk = { page: Page; say: Say; lang: Lang; at: (path: string) => string };

export async function look(walk: Walk, name: string) {
  await settled(walk.page);
  if (shots) await walk.page.screenshot({ path: `${shots}/first-${name}-${walk.lang}.png` });
}

/** As others see it: at night, and on a phone, where nothing may run out of the page. */
export async function lookAround(walk: Walk, name: string) {
  const { page } = walk;
  if (shots) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForTimeout(500); // colours fade over
    await look(walk, `${name}-dark`);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForTimeout(500);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await look(walk, `${name}-phone`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, name).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
}

export async function visit({ page, at }: Walk, path: string) {
  await page.goto(at(path));
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await settled(page);
}

export async function choose(page: Page, label: string, option: string) {
  const box = page.getByLabel(label, { exact: true });
  await box.click();
  await page.locator('.ant-select-item-option').filter({ hasText: option }).last().click();
}

/** A step whose time is printed: the walk has to stay short. */
export async function timed(name: string, run: () => Promise<void>) {
  const began = Date.now();
  await test.step(name, run);
  console.log(`  ${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
