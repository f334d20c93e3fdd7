import { expect, test } from '@playwright/test';
import { expectAccessible, firstCustomer, open, speak } from './helpers';

const shot = (name: string) => (process.env.SHOTS ? `${process.env.SHOTS}/${name}.png` : undefined);

test('a contact is added by keyboard, gets the messages instead of another, and is deleted', async ({
  page,
}) => {
  await speak(page, 'en');
  await open(page, '/today');
  const customer = await firstCustomer(page);
  await open(page, `/customers/${customer}`);
  const people = page.getByRole('region', { name: 'Contacts' });
  const before = await people.getByRole('listitem').count();

  await people.getByRole('button', { name: 'Add a contact' }).focus();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('dialog', { name: 'Add a contact' });
  await expect(drawer.getByLabel('Name')).toBeVisible();
  await expect(drawer.getByLabel('Customer')).toHaveCount(0);
  await expectAccessible(page);
  await drawer.getByRole('button', { name: 'Save' }).click();
  await expect(drawer.getByText('Please fill this in').first()).toBeVisible();
  await drawer.getByLabel('Name').fill('Zoë 𠮷 Treasury');
  await drawer.getByLabel('E-mail').fill('zoe@example.com');
  await drawer.getByLabel('Primary contact').click();
  if (shot('')) await page.screenshot({ path: shot('contact-drawer') });
  await drawer.getByRole('button', { name: 'Save' }).click();
  await expect(drawer).toBeHidden();

  // Only one person gets the messages.
  await expect(people.getByRole('listitem')).toHaveCount(before + 1);
  await expect(people.getByText('Gets the messages')).toHaveCount(1);
  await expect(people.getByRole('listitem').first()).toContainText('Zoë 𠮷 Treasury');
  await expectAccessible(page);
  if (shot('')) await page.screenshot({ path: shot('contact-page'), fullPage: true });

  await people.getByRole('button', { name: 'Edit Zoë 𠮷 Treasury' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit the contact' });
  await edit.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('tooltip').getByRole('button', { name: 'Delete' }).click();
  await expect(people.getByRole('listitem')).toHaveCount(before);
});

test('contacts in Chinese, in the dark and on a phone', async ({ browser }) => {
  const context = await browser.newContext({ colorScheme: 'dark', viewport: { width: 390, height: 844 } });
  const page = await context.newPage();
  await speak(page, 'zh-CN');
  await open(page, '/today');
  await open(page, `/customers/${await firstCustomer(page)}`);
  const people = page.getByRole('region', { name: '联系人' });
  await people.scrollIntoViewIfNeeded();
  await expect(people.getByRole('button', { name: '添加联系人' })).toBeVisible();
  await expectAccessible(page);
  if (shot('')) await page.screenshot({ path: shot('contact-phone-zh') });
  await people.getByRole('button', { name: '添加联系人' }).click();
  await expect(page.getByRole('dialog').getByLabel('姓名')).toBeVisible();
  await expectAccessible(page);
  if (shot('')) await page.screenshot({ path: shot('contact-phone-drawer-zh') });
  await context.close();
});
