import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, firstCustomer, languages, open, settled, speak } from './helpers';

const routes = [
  '/today',
  '/board',
  '/board?lanes=owner',
  '/board?as=table',
  '/board?as=calendar',
  '/board?as=gallery',
  '/customers',
  '/customers?new=1',
  '/invoices',
  '/payments',
  '/ageing',
  '/invoices?new=1',
  '/runs',
  '/flows',
  '/flows/demo-friendly',
  '/flows/demo-friendly/text',
  '/flows/demo-friendly/rehearsal',
  '/flows/demo-friendly/versions',
  '/flows/demo-friendly/runs',
  '/runs/view',
  '/forms',
  '/forms/customer',
  '/import',
  '/import?form=invoice',
  '/market',
  '/market?tab=installed',
  '/market/gentle-three-steps',
  '/market/gentle-three-steps?install=1',
  '/messages',
  '/messages?tab=answers',
  '/messages?tab=wording',
  '/messages?tab=tests',
  '/messages/overdue-friendly',
  '/inbox',
  '/settings/workspace',
  '/settings/contact',
  '/settings/calendars',
  '/settings/members',
  '/settings/roles',
  '/settings/signin',
  '/settings/tasks',
  '/settings/tiers',
  '/settings/channels',
  '/settings/portal',
  '/letters',
  '/bin/customer',
  '/me',
  '/review',
  '/settings/keys',
  '/settings/publishers',
  '/settings/catalogs',
  '/settings/log',
  '/no-such-page',
];

/** In the light and in the dark: the page follows the system. */
async function inBothThemes(page: Page) {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    // Colours fade over: what stands in between is nobody's to read.
    await page.waitForFunction(() =>
      document.getAnimations().every(({ playState }) => playState !== 'running'),
    );
    await expectAccessible(page);
  }
}

for (const lang of languages) {
  test.describe(lang, () => {
    for (const route of routes) {
      test(`no violations on ${route}`, async ({ page }) => {
        await speak(page, lang);
        await open(page, route);
        if (route.includes('new=1')) await expect(page.getByRole('dialog')).toBeVisible();
        await expect(page.locator('html')).toHaveAttribute('lang', lang);
        await inBothThemes(page);
      });
    }

    test('no violations on a customer', async ({ page }) => {
      await speak(page, lang);
      await open(page, '/today');
      await open(page, `/customers/${await firstCustomer(page)}`);
      await inBothThemes(page);
      for (const tab of await page.getByRole('tab').all()) {
        await tab.click();
        await settled(page);
        await inBothThemes(page);
      }
    });

    test('no violations on sign-in', async ({ page }) => {
      await speak(page, lang);
      await page.addInitScript(() => {
        try {
          sessionStorage.setItem('dueflow.left', '1');
        } catch {
          // A sandboxed frame has no storage.
        }
      });
      for (const path of ['/login', '/reset', '/reset#a.b', '/join#a.b']) {
        await open(page, path);
        await inBothThemes(page);
      }
    });
  });
}

test('no violations on a phone', async ({ page }) => {
  test.setTimeout(routes.length * 10_000);
  await page.setViewportSize({ width: 390, height: 844 });
  await speak(page, 'en');
  for (const route of routes) {
    await open(page, route);
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, route).toBeLessThanOrEqual(0);
  }
});
