import { expect, test } from '@playwright/test';
import { open, settled, speak } from './helpers';

/** The reason the product exists: a reminder arrives, the customer pays, the reminders stop. */
test('a reminder arrives, a payment stops the next one', async ({ page }) => {
  test.setTimeout(120_000);
  await speak(page, 'en');
  await open(page, '/inbox');
  await expect(page.getByRole('navigation', { name: 'Messages' }).getByRole('link').first()).toBeVisible({
    timeout: 60_000,
  });

  // Somebody who was reminded of invoices that are all still open.
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
  // The amount and the invoices of this message are filled in already.
  await drawer.getByRole('button', { name: 'Record payment' }).click();
  await expect(drawer).toBeHidden();

  // Nobody reloads: the payment ends the flows, and the socket brings the news.
  const states = page.getByRole('list', { name: 'Reminders for these invoices' }).getByRole('listitem');
  await expect(states).not.toHaveCount(0);
  for (const state of await states.all()) {
    await expect(state).toContainText('Settled', { timeout: 30_000 });
    await expect(state).toContainText('no further reminder', { timeout: 30_000 });
  }
  await page.getByRole('article').getByRole('link', { name: found.name }).first().click();
  await settled(page);
  await expect(page.getByRole('list').filter({ hasText: 'Payment received' }).first()).toBeVisible();
});

test('what is being paid stays in front while newer messages come in', async ({ page }) => {
  test.setTimeout(150_000);
  await speak(page, 'en');
  await open(page, '/inbox');
  const list = page.getByRole('navigation', { name: 'Messages' }).getByRole('link');
  await expect(list.first()).toBeVisible({ timeout: 60_000 });
  const shown = await page.locator('[data-message][aria-current="true"]').getAttribute('data-message');
  await page.getByRole('button', { name: 'Record a payment' }).click();
  const reference = page.getByRole('dialog').getByLabel(/^Bank reference/);
  await reference.fill('typed before the next one came');
  await expect(list.first()).not.toHaveAttribute('data-message', shown ?? '', { timeout: 90_000 });
  await expect(reference).toHaveValue('typed before the next one came');
  await expect(page.locator(`[data-message="${shown}"]`)).toHaveAttribute('aria-current', 'true');
});

async function findReminded() {
  const get = async (path: string) => (await fetch(`/api/v1${path}`)).json();
  const { items } = await get('/messages?limit=50');
  for (const message of items) {
    const page = await get(`/customers/${message.customer.id}`);
    const due = new Set(
      page.account.items
        .filter((item: { open: number; disputed: number }) => item.open > 0 && item.disputed === 0)
        .map((item: { invoice: string }) => item.invoice),
    );
    const named = message.items.map((item: { invoice: string }) => item.invoice);
    if (named.length === 0 || named.length > 6 || !named.every((id: string) => due.has(id))) continue;
    return { message: message.id as string, name: message.customer.name as string };
  }
  return null;
}
