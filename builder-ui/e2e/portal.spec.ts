import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, open, speak, still } from './helpers';

test.use(still);

/** The page of a customer with something open, by way of the person who looks after them. */
async function customerPage(page: Page) {
  await speak(page, 'en');
  await open(page, '/today');
  // Days pass in the demo and people pay: take who owes the most invoices and has promised nothing.
  const answer = await page.request.get('/api/v1/boards/collection/cards?column=followUp&limit=50');
  const { columns } = await answer.json();
  const cards: { id: string; openInvoices: number }[] = columns[0].items;
  const most = cards.reduce((a, b) => (b.openInvoices > a.openInvoices ? b : a));
  expect(most.openInvoices).toBeGreaterThan(1);
  await open(page, `/customers/${most.id}`);
  await page.getByRole('button', { name: 'More' }).first().click();
  await page.getByRole('menuitem', { name: 'Links for the customer' }).click();
  return page.getByRole('textbox', { name: 'Their page' }).inputValue();
}

test('a customer names a day, moves it, says what is wrong and is understood', async ({ page, browser }) => {
  const address = await customerPage(page);
  const guest = await browser.newContext({ locale: 'en-US', viewport: { width: 390, height: 844 } });
  const theirs = await guest.newPage();
  const errors: string[] = [];
  theirs.on('console', (m) => m.type() === 'error' && errors.push(m.text()));
  await theirs.goto(address);
  // It speaks the customer's language first, and offers the other one.
  await expect(theirs.getByRole('heading', { level: 1 })).toBeVisible();
  const english = theirs.getByRole('button', { name: 'English' });
  if (await english.isVisible()) await english.click();
  await expect(theirs.getByRole('heading', { level: 1 })).toContainText('Your account with');
  await expectAccessible(theirs);
  expect(
    await theirs.evaluate(() => document.documentElement.scrollWidth - window.innerWidth),
  ).toBeLessThanOrEqual(0);

  // By keyboard: choose an invoice, name a day.
  await theirs.getByRole('checkbox').first().focus();
  await theirs.keyboard.press('Space');
  await expect(theirs.getByText(/^Chosen: 1, /)).toBeVisible();
  await expect(theirs.getByRole('checkbox').first()).toBeFocused();
  const name = theirs.getByRole('button', { name: 'Name a day to pay' });
  await name.focus();
  await theirs.keyboard.press('Enter');
  const dialog = theirs.getByRole('dialog', { name: 'When will you pay?' });
  await expect(dialog.getByLabel('Day')).toBeFocused();
  await expectAccessible(theirs);
  await dialog.getByRole('button', { name: 'Name a day to pay' }).click();
  await expect(theirs.getByText('Thank you, the day is noted.')).toBeVisible();
  await expect(theirs.getByRole('heading', { name: 'Days you named' })).toBeVisible();

  await theirs.getByRole('button', { name: 'Move the day' }).click();
  const moved = theirs.getByRole('dialog');
  const day = moved.getByLabel('Day');
  const later = new Date(Date.parse(await day.inputValue()) + 3 * 86_400_000).toISOString().slice(0, 10);
  await day.fill(later);
  await moved.getByRole('button', { name: 'Name a day to pay' }).click();
  await expect(theirs.getByRole('button', { name: 'Move the day' })).toHaveCount(0);

  // A refusal stays beside what was typed.
  await theirs
    .getByRole('button', { name: /^Something is wrong/ })
    .last()
    .click();
  const wrong = theirs.getByRole('dialog');
  await wrong.getByLabel('What is wrong', { exact: true }).fill('Two boxes were broken');
  await wrong.getByLabel(/Amount in question/).fill('99999999');
  await wrong.getByRole('button', { name: 'Send' }).click();
  await expect(wrong.getByRole('alert')).not.toBeEmpty();
  await expect(wrong.getByLabel('What is wrong', { exact: true })).toHaveValue('Two boxes were broken');
  await wrong.getByLabel(/Amount in question/).fill('10.50');
  await wrong.getByRole('button', { name: 'Send' }).click();
  await expect(theirs.getByText(/10\.50 being looked into/)).toBeVisible();

  // In Chinese the same.
  await theirs.getByRole('button', { name: '中文' }).click();
  await expect(theirs.getByRole('heading', { name: '您约定的付款日' })).toBeVisible();
  await expectAccessible(theirs);

  // And the company sees who said it.
  await page.reload();
  await expect(page.getByText(/Two boxes were broken/).first()).toBeVisible();
  expect(errors.filter((e) => !/status of 4\d\d/.test(e))).toEqual([]);
  await guest.close();
});

test('an address that is not valid any more says so', async ({ browser }) => {
  const guest = await browser.newContext({ locale: 'zh-CN' });
  const page = await guest.newPage();
  await page.goto('/portal.html#demo/demo-c-12/wrong');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('此链接已失效。');
  await expectAccessible(page);
  await guest.close();
});
