import { expect, test } from '@playwright/test';
import { open, settled, speak } from './helpers';

test.beforeEach(async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/customers');
});

test('the customers list works without a mouse', async ({ page }) => {
  const links = page.locator('tbody [data-row-link]');
  await links.first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(links.nth(1)).toBeFocused();
  await page.keyboard.press('j');
  await expect(links.nth(2)).toBeFocused();
  await page.keyboard.press('k');
  await expect(links.nth(1)).toBeFocused();
  const name = (await links.nth(1).textContent()) ?? '';
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
});

test('slash searches, and the address remembers it', async ({ page }) => {
  const name = (await page.locator('tbody [data-row-link]').first().textContent()) ?? '';
  await page.keyboard.press('/');
  await expect(page.getByRole('searchbox', { name: 'Search customers' })).toBeFocused();
  await page.keyboard.type(name);
  await expect(page).toHaveURL(/q=/);
  await settled(page);
  await expect(page.locator('tbody [data-row-link]')).toHaveText([name]);
});

test('a drawer takes the focus and gives it back', async ({ page }) => {
  const create = page.getByRole('button', { name: 'New customer' });
  await create.focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'New customer' });
  await expect(drawer.getByLabel('Name')).toBeFocused();
  await drawer.getByRole('button', { name: 'New customer' }).click();
  await expect(drawer.getByText('Please fill this in')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(drawer).toBeHidden();
  await expect(create).toBeFocused();
});

test('the skip link leads past the navigation', async ({ page }) => {
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main')).toBeFocused();
});
