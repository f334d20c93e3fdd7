import { expect, test } from '@playwright/test';
import { open, settled, speak } from './helpers';

type Item = { invoice: string; open: number; currency: string };

/** The reason the product exists: a reminder arrives, the customer pays, the reminders stop. */
test('a reminder arrives, a payment stops the next one', async ({ page }) => {
  test.setTimeout(120_000);
  await speak(page, 'en');
  await open(page, '/inbox');
  await expect(page.getByRole('navigation', { name: 'Messages' }).getByRole('link').first()).toBeVisible({
    timeout: 60_000,
  });

  // Somebody who was reminded, still owes money and has another contact ahead.
  const found = await expect
    .poll(() => page.evaluate(findReminded), { timeout: 60_000 })
    .not.toBeNull()
    .then(() => page.evaluate(findReminded));
  if (!found) throw new Error('no reminded customer');

  await open(page, `/inbox/${found.message}`);
  const bar = page.getByRole('article').getByRole('status').first();
  await expect(bar).toContainText('Owes');
  const frame = page.frameLocator('iframe[title="Message as the customer sees it"]');
  await expect(frame.locator('body')).not.toBeEmpty();

  for (const [currency, invoices] of Object.entries(group(found.items))) {
    const total = invoices.reduce((sum, item) => sum + item.open, 0);
    await page.getByRole('button', { name: 'Record a payment' }).click();
    const drawer = page.getByRole('dialog');
    await expect(drawer).toBeVisible();
    await pickCurrency(page, currency);
    await drawer.getByLabel('Amount').fill(await major(total, currency));
    await drawer.getByRole('button', { name: 'Record payment' }).click();
    await expect(drawer).toBeHidden();
  }

  await expect(bar).toContainText('Everything is paid');
  await expect(bar).toContainText('No further reminder is planned');
  await page.getByRole('article').getByRole('link', { name: found.name }).first().click();
  await settled(page);
  await expect(page.getByText('Nothing is owed, so no reminder is planned.')).toBeVisible();
});

async function pickCurrency(page: import('@playwright/test').Page, currency: string) {
  const drawer = page.getByRole('dialog');
  const field = drawer.getByRole('combobox', { name: 'Currency' });
  await field.click();
  await page.locator('.ant-select-dropdown:visible').getByTitle(currency, { exact: true }).click();
}

const group = (items: Item[]) =>
  items.reduce<Record<string, Item[]>>((groups, item) => {
    groups[item.currency] = [...(groups[item.currency] ?? []), item];
    return groups;
  }, {});

async function major(minor: number, currency: string): Promise<string> {
  const digits =
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2;
  return (minor / 10 ** digits).toFixed(digits);
}

async function findReminded() {
  const get = async (path: string) => (await fetch(`/api/v1${path}`)).json();
  const { items } = await get('/messages?limit=50');
  for (const message of items) {
    const page = await get(`/customers/${message.customer.id}`);
    const unpaid = page.account.items.filter((item: { open: number }) => item.open > 0);
    if (unpaid.length === 0 || !page.next) continue;
    return { message: message.id as string, name: message.customer.name as string, items: unpaid as Item[] };
  }
  return null;
}
