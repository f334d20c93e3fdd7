import { expect, test } from '@playwright/test';
import { open, speak } from './helpers';

test('a demo lets visitors straight in and shows its clock', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/');
  await expect(page).toHaveURL(/\/today$/);
  await expect(page.getByText(/Demo clock: 1 day = \d+ s/)).toBeVisible();
  const clock = page.locator('.clock-time');
  const before = await clock.textContent();
  await expect(clock).not.toHaveText(before ?? '');
});

test('the user menu switches between demo users', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/today');
  const setup = await (await page.request.get('/api/v1/setup')).json();
  const other = setup.demo.users[1];
  await page.getByRole('button', { name: /Account menu/ }).click();
  await page.getByRole('menuitem', { name: new RegExp(other.name) }).click();
  await expect(page.getByRole('button', { name: new RegExp(`signed in as ${other.name}`) })).toBeVisible();
});

test('signing out leads to sign-in, which says what is wrong', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/today');
  await page.getByRole('button', { name: /Account menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Sign in' })).toBeVisible();

  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Please fill this in').first()).toBeVisible();
  await page.getByLabel('E-mail').fill('nobody@example.com');
  await page.getByLabel('Password').fill('not the password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();

  await page.getByRole('region', { name: 'Look around as' }).getByRole('button').first().click();
  await expect(page).toHaveURL(/\/today$/);
});

for (const [locale, heading] of [
  ['en-GB', 'Today'],
  ['zh-CN', '今日'],
] as const)
  test(`a demo speaks the visitor's language: ${locale}`, async ({ browser, baseURL }) => {
    const context = await browser.newContext({ locale, baseURL });
    const page = await context.newPage();
    await open(page, '/');
    await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
    await expect(page.locator('html')).toHaveAttribute('lang', locale === 'zh-CN' ? 'zh-CN' : 'en');
    await context.close();
  });

test('the language switch is remembered', async ({ page }) => {
  await page.goto('/today');
  await page.getByRole('button', { name: '中文' }).click();
  await expect(page.getByRole('heading', { level: 1, name: '今日' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: '今日' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'zh-CN');
});

test('a server that is set up does not show setup again', async ({ page }) => {
  await speak(page, 'en');
  await page.goto('/setup#token=whatever');
  await expect(page).not.toHaveURL(/\/setup/);
});
