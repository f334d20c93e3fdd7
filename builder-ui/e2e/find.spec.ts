import { expect, test } from '@playwright/test';
import { expectAccessible, languages, open, settled, shot, speak, still } from './helpers';

test.use(still);

for (const lang of languages)
  test(`whoever has a number in hand finds what it is of, from any page (${lang})`, async ({ page }) => {
    const [title, none, find] =
      lang === 'en'
        ? ['Find a customer, an invoice or a payment', 'Nothing found', 'Find (Ctrl K)']
        : ['查找客户、账单或回款', '没有找到', '查找（Ctrl K）'];
    await speak(page, lang);
    await open(page, '/settings/workspace');
    const invoices = await (await page.request.get('/api/v1/records/invoice?limit=1&sort=number')).json();
    const { data, system, id } = invoices.items[0];

    // By keyboard alone: a number leads to its invoice.
    await page.keyboard.press('Control+k');
    const field = page.getByRole('combobox', { name: title });
    await expect(field).toBeFocused();
    await field.fill(data.number);
    const options = page.getByRole('option');
    await expect(options.filter({ hasText: data.number }).first()).toContainText(system.customerName);
    await settled(page);
    await expectAccessible(page);
    await shot(page, `find-${lang}`);
    await field.press('Enter');
    await expect(page).toHaveURL(new RegExp(`invoice=${id}`));
    await expect(page.getByRole('dialog')).toContainText(data.number);
    await page.keyboard.press('Escape');

    // A name finds the customer first, and what is theirs below; arrows choose.
    await page.getByRole('button', { name: find }).click();
    await field.fill(system.customerName);
    await expect(options.first()).toHaveAttribute('aria-selected', 'true');
    await expect(options.first()).toContainText(system.customerName);
    expect(await options.count()).toBeGreaterThan(1);
    await field.press('ArrowDown');
    await expect(options.nth(1)).toHaveAttribute('aria-selected', 'true');
    await field.press('ArrowUp');
    await field.press('Enter');
    await expect(page).toHaveURL(new RegExp(`/customers/${data.customer}$`));

    await page.keyboard.press('Control+k');
    await field.fill('zzzz-there-is-no-such');
    await expect(page.getByRole('status').filter({ hasText: none })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(field).toBeHidden();
  });
