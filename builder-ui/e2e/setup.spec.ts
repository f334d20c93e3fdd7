import { expect, test } from '@playwright/test';
import { expectAccessible, settled, speak } from './helpers';

const link = process.env.DUEFLOW_SETUP_URL;

/** A fresh server prints its link once, so this runs only when somebody passes that link on. */
test.describe('first run', () => {
  test.skip(!link, 'DUEFLOW_SETUP_URL is not set: pass the one-time link of a fresh server');

  test('the wizard leads from the printed link to a working day', async ({ page }) => {
    test.setTimeout(180_000);
    await speak(page, 'en');
    await page.goto(link ?? '');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page);

    await page.getByLabel('Company name').fill('Harbour Trading');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByLabel('E-mail')).toBeVisible();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('Please fill this in').first()).toBeVisible();
    await page.getByLabel('Name', { exact: true }).fill('Ada Chen');
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password').fill('a long enough password');
    await page.getByRole('button', { name: 'Continue' }).click();

    await expect(page.getByText('Time zone')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Continue' }).click();

    await page
      .getByRole('radio', { name: /sample/i })
      .first()
      .check();
    await expectAccessible(page);
    await page.locator('.setup-foot .ant-btn-primary').click();

    await expect(page).toHaveURL(/\/today$/, { timeout: 120_000 });
    await expect(page.getByRole('heading', { level: 1, name: 'Today' })).toBeVisible();
    await settled(page);
    await expectAccessible(page);

    // The link has done its work: it leads nowhere a second time.
    await page.goto(link ?? '');
    await expect(page).not.toHaveURL(/\/setup/);
  });
});
