import { expect, test } from '@playwright/test';
import { expectAccessible, open, speak } from './helpers';

test('an invited person comes in by their link, once, and is a member', async ({ page, browser }) => {
  await speak(page, 'en');
  await open(page, '/settings/members');
  await page.getByRole('button', { name: 'Invite', exact: true }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('E-mail').fill('new.person@demo.example');
  await form.getByRole('combobox', { name: /Roles/ }).click();
  await page.getByTitle('Collector', { exact: true }).click();
  await page.keyboard.press('Escape');
  await form.getByRole('button', { name: 'Invite', exact: true }).click();
  const shown = page.getByRole('dialog').filter({ hasText: 'The link is shown only now' });
  await expect(shown).toContainText('no e-mail set up');
  const link = await shown.getByRole('textbox', { name: 'Link' }).inputValue();
  await expectAccessible(page);
  await shown.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText('new.person@demo.example')).toBeVisible();

  const context = await browser.newContext();
  const guest = await context.newPage();
  await speak(guest, 'en');
  await guest.goto(link);
  await expect(guest.getByRole('heading', { level: 1 })).toContainText('Welcome to');
  expect(guest.url()).not.toContain('.'.concat(link.split('.').at(-1) ?? ''));
  await expectAccessible(guest);
  await guest.getByLabel('Your name').fill('New Person');
  await guest.getByLabel('New password').fill('a long enough word');
  await guest.getByRole('button', { name: 'Join' }).click();
  await expect(guest.getByRole('button', { name: /signed in as New Person/ })).toBeVisible();
  await guest.goto(link);
  await expect(guest.getByText('This invitation is not valid any more')).toBeVisible();
  await context.close();

  await open(page, '/settings/members');
  await expect(page.getByRole('row', { name: /New Person/ })).toContainText('Collector');
});

test('an administrator looks as somebody else, changes nothing, and comes back', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/settings/members');
  await page.getByRole('button', { name: 'Actions for Mara Lindqvist' }).click();
  await page.getByRole('menuitem', { name: 'View as this person' }).click();
  const banner = page.getByRole('status').filter({ hasText: 'You are looking as Mara Lindqvist' });
  await expect(banner).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Today', exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Complete/ })).toHaveCount(0);
  await expectAccessible(page);
  await banner.getByRole('button', { name: 'Back to my own view' }).click();
  await expect(banner).toHaveCount(0);
});

test('a role looked at by itself says that it owns nothing, instead of how to begin', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/settings/roles');
  await page.getByRole('button', { name: 'View as this role' }).click();
  const banner = page.getByRole('status').filter({ hasText: 'You are looking as Sales, to read only' });
  await expect(banner).toBeVisible();
  await expect(page.getByText('Nothing is yours yet')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Import from a file' })).toHaveCount(0);
  await expectAccessible(page);
  await banner.getByRole('button', { name: 'Back to my own view' }).click();
  await expect(banner).toHaveCount(0);
});

test('a rule for tasks is made from conditions and kept', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/settings/tasks');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Name of the rule').fill('Large accounts');
  await page.getByRole('button', { name: 'Add a condition' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved')).toBeVisible();
  await open(page, '/settings/tasks');
  await expect(page.getByLabel('Name of the rule')).toHaveValue('Large accounts');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Remove rule 1' }).click();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved').first()).toBeVisible();
});
