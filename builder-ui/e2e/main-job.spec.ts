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

  // Somebody who was reminded, still owes money in one currency and has another contact ahead.
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

  await page.getByRole('button', { name: 'Record a payment' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel('Amount').fill(major(found.items));
  await drawer.getByRole('button', { name: 'Record payment' }).click();
  await expect(drawer).toBeHidden();

  // Nobody reloads: the payment ends the flow, and the socket brings the news.
  await expect(bar).toContainText('Everything is paid', { timeout: 30_000 });
  await expect(bar).toContainText('No further reminder is planned', { timeout: 30_000 });
  const runs = page.getByRole('list', { name: 'Reminders for these invoices' }).getByRole('listitem');
  for (const run of await runs.all()) await expect(run).toContainText('Done', { timeout: 30_000 });
  await page.getByRole('article').getByRole('link', { name: found.name }).first().click();
  await settled(page);
  await expect(page.getByText('Nothing is owed, so no reminder is planned.')).toBeVisible();
});

/** All that is open, as somebody would type it. */
function major(items: Item[]): string {
  const total = items.reduce((sum, item) => sum + item.open, 0);
  const currency = items[0]?.currency ?? 'CNY';
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  const digits = maximumFractionDigits ?? 2;
  return (total / 10 ** digits).toFixed(digits);
}

async function findReminded() {
  const get = async (path: string) => (await fetch(`/api/v1${path}`)).json();
  const { items } = await get('/messages?limit=50');
  for (const message of items) {
    const page = await get(`/customers/${message.customer.id}`);
    const unpaid = page.account.items.filter((item: { open: number }) => item.open > 0);
    const one = unpaid.every((item: { currency: string }) => item.currency === message.currency);
    if (unpaid.length === 0 || !one || !page.next) continue;
    return { message: message.id as string, name: message.customer.name as string, items: unpaid as Item[] };
  }
  return null;
}
