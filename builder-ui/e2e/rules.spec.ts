import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, open, speak } from './helpers';

test.describe.configure({ mode: 'serial' });

type Rules = { rules: Record<string, unknown>; version: number };

/** As the workspace was set up: an attempt before this one may have left other rules. */
async function asShipped(page: Page) {
  const session = await (await page.request.get('/api/v1/session')).json();
  const { rules, version } = await (await page.request.get('/api/v1/contact-rules')).json();
  const { items } = await (await page.request.get('/api/v1/contact-rules/presets')).json();
  const china = items.find(({ key }: { key: string }) => key === 'cn');
  const answer = await page.request.put('/api/v1/contact-rules', {
    data: {
      ...china.rules,
      preset: china.key,
      calendar: 'cn',
      maxDataAgeHours: rules.maxDataAgeHours,
      callsByHand: rules.callsByHand,
    },
    headers: { 'If-Match': `"${version}"`, 'X-CSRF-Token': session.csrf },
  });
  expect(answer.status()).toBe(200);
}

test('a preset fills the form, changes are named, and two people do not overwrite each other', async ({
  page,
}) => {
  await speak(page, 'en');
  await open(page, '/settings/contact');
  await asShipped(page);
  await open(page, '/settings/contact');
  const cards = page.getByRole('radiogroup', { name: 'Begin from a preset' });
  await expect(cards.getByRole('radio', { name: /China/ })).toBeChecked();
  const words = page.getByRole('region', { name: 'In words' });
  await expect(words).toContainText('From 22:00 to 08:00 nobody is contacted');

  // From the keyboard: the presets are one group of radio buttons.
  await cards.getByRole('radio', { name: /China/ }).focus();
  await page.keyboard.press('ArrowDown');
  await expect(cards.getByRole('radio', { name: /United States/ })).toBeChecked();
  await expect(page.getByLabel('No contact from')).toHaveValue('21:00');
  await expect(words).toContainText('At most 7 calls within 7 days.');
  await expect(words).toContainText('After a conversation, the customer is not called for 7 days.');

  await page.getByLabel('Days without a call after a conversation').fill('3');
  const changed = page.getByRole('status').filter({ hasText: 'Changed against the preset:' });
  await expect(changed).toContainText('After a conversation');
  await expectAccessible(page);
  await changed.getByRole('button', { name: 'Back to the preset' }).click();
  await expect(changed).toHaveCount(0);
  await page.getByRole('button', { name: 'Add a budget' }).click();
  await expect(page.getByRole('group', { name: 'Budget 3' })).toBeVisible();
  await page.getByRole('button', { name: 'Remove budget 3' }).click();

  // Somebody else saves first.
  await page.getByLabel('Send until').fill('17:00');
  const seen: Rules = await (await page.request.get('/api/v1/contact-rules')).json();
  const session = await (await page.request.get('/api/v1/session')).json();
  const answer = await page.request.put('/api/v1/contact-rules', {
    data: { ...seen.rules, duplicateDays: 5 },
    headers: { 'If-Match': `"${seen.version}"`, 'X-CSRF-Token': session.csrf ?? session.csrfToken ?? '' },
  });
  expect(answer.status()).toBe(200);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else has saved' });
  await expect(conflict).toBeVisible();
  await expectAccessible(page);
  await conflict.getByRole('button', { name: 'Take theirs' }).click();
  await expect(page.getByLabel('Send until')).toHaveValue('18:00');
  await expect(page.getByLabel('Days in which only one flow reminds of an invoice')).toHaveValue('5');
  await page.getByLabel('Send until').fill('17:30');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await open(page, '/settings/contact');
  await expect(page.getByLabel('Send until')).toHaveValue('17:30');

  // What leaves no hour to send is refused where it stands.
  await page.getByLabel('No contact from').fill('08:00');
  await page.getByLabel('Until', { exact: true }).fill('18:00');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText(/leaves nothing of the sending hours/).first()).toBeVisible();
});

test('the preview says when and why, with rules that are not saved', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/settings/contact');
  const preview = page.getByRole('region', { name: 'When would it go out?' });
  await expect(preview.getByText(/^With the saved rules/)).toBeVisible();
  // A Saturday night some weeks after the demo's today.
  const { today } = await (await page.request.get('/api/v1/boards/collection/cards?limit=1')).json();
  const due = new Date(`${today}T00:00:00Z`);
  due.setUTCDate(due.getUTCDate() + 41 - due.getUTCDay());
  const night = due.toISOString().slice(0, 10);
  await preview.getByLabel('If it is due at').fill(`${night} 23:00`);
  await page.keyboard.press('Enter');
  await expect(preview.locator('.conduct-verdict')).toContainText(
    /Will go out .*; not sooner|Will not go out/,
  );
  await page.getByLabel('Oldest bank data, in hours').fill('1');
  await expect(preview.getByText(/^With the rules as they stand in the form/)).toBeVisible();
  await expectAccessible(page);
});

test('a calendar is looked at before it is saved, used, replaced, and kept while it is used', async ({
  page,
}, { retry, repeatEachIndex }) => {
  // What an attempt before this one left keeps its name.
  const name = `Workshop ${repeatEachIndex + 1}-${retry + 1}`;
  await speak(page, 'en');
  await open(page, '/settings/calendars');
  // The demo's clock runs: which year it is depends on when this runs.
  const shown = page.getByRole('heading', { name: /^\d{4}$/ });
  const next = Number(await shown.textContent()) + 1;
  const saturday = 7 - new Date(Date.UTC(next, 2, 1)).getUTCDay();
  const march = (day: number) => new Date(Date.UTC(next, 2, day)).toISOString().slice(0, 10);
  const [monday, openDay] = [march(saturday + 2), march(saturday)];
  await page.getByRole('button', { name: 'Upload a calendar' }).click();
  const form = page.getByRole('dialog');
  const file = form.locator('input[type=file]');
  const csv = (text: string) => ({ name: `${name}.csv`, mimeType: 'text/csv', buffer: Buffer.from(text) });
  await file.setInputFiles(
    csv(`date,kind,name\n${monday},off,Stocktaking\nsoon,off\n${openDay},work,Open day\n`),
  );
  await expect(form.getByText('Row 3: “soon” is not a date')).toBeVisible();
  await expect(form.getByRole('button', { name: 'Save' })).toBeDisabled();
  await expectAccessible(page);
  await file.setInputFiles(csv(`date,kind,name\n${monday},off,Stocktaking\n${openDay},work,Open day\n`));
  await expect(form.getByText('Read: 1 day off, 1 make-up workday;')).toBeVisible();
  await expect(form.getByLabel('Name')).toHaveValue(name);
  await form.getByRole('button', { name: 'Save' }).click();
  // Others may have left calendars of theirs.
  const own = page
    .getByRole('region', { name: 'Your calendars' })
    .getByRole('listitem')
    .filter({ has: page.getByRole('button', { name, exact: true }) });
  await expect(own.getByRole('button', { name, exact: true })).toBeVisible();
  const year = page.getByRole('region', { name: 'Year', exact: true });
  await year.getByRole('button', { name: 'Next year' }).click();
  await expect(year.getByRole('cell', { name: /Stocktaking/ })).toBeVisible();
  await year.getByRole('button', { name: 'Next year' }).click();
  await expect(year.getByText(`There is no data for ${next + 1}`)).toBeVisible();
  await expectAccessible(page);

  await open(page, '/settings/contact');
  await page.getByLabel('Calendar of working days').click();
  await page.getByTitle(name, { exact: true }).click();
  await expect(page.getByRole('region', { name: 'In words' })).toContainText(`on working days (${name})`);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  await open(page, '/settings/calendars');
  await page.getByRole('button', { name: `Replace ${name}` }).click();
  await page
    .getByRole('dialog')
    .locator('input[type=file]')
    .setInputFiles(csv(`${march(saturday + 3)},off,Later\n`));
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(own.getByText(/^Version 2/)).toBeVisible();
  // The older version is looked at, and taken back: that makes a third.
  await own.getByText('1 older version').click();
  await own.getByRole('button', { name: `Look at version 1 of ${name}` }).click();
  const older = page.getByRole('dialog', { name: `Version 1 of “${name}”` });
  await older.getByRole('button', { name: 'Next year' }).click();
  await expect(older.getByRole('cell', { name: /Stocktaking/ })).toBeVisible();
  await expectAccessible(page);
  await older.getByRole('button', { name: 'Take it back' }).click();
  await expect(page.getByText('Version 1 counts again')).toBeVisible();
  await expect(own.getByText(/^Version 3/)).toBeVisible();
  await page.getByRole('button', { name: `Delete ${name}` }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(page.getByText(/The calendar is used by|the calendar is used by/)).toBeVisible();

  // As it was, for those who come after.
  await open(page, '/settings/contact');
  await page.getByRole('radio', { name: /China/ }).click();
  await page.getByLabel('Calendar of working days').click();
  await page.getByTitle('China, with make-up workdays', { exact: true }).click();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
});

test('Today says what was held back or merged, and why', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/today');
  await expect
    .poll(
      async () => {
        const held = await (await page.request.get('/api/v1/today/held')).json();
        return held.items.length;
      },
      { timeout: 60_000 },
    )
    .toBeGreaterThan(0);
  await open(page, '/today');
  const log = page.getByRole('region', { name: 'Held and merged' });
  await expect(log.getByRole('listitem').first()).toBeVisible();
  await expect(log.getByRole('listitem').first().getByRole('link').first()).toHaveAttribute(
    'href',
    /^\/customers\//,
  );
  const tabs = log.getByRole('group', { name: 'Reasons' }).getByRole('button');
  if ((await tabs.count()) > 1) {
    await tabs.nth(1).focus();
    await page.keyboard.press('Enter');
    await expect(tabs.nth(1)).toHaveAttribute('aria-pressed', 'true');
  }
  await expectAccessible(page);
});
