import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, open, speak, stopsWhenPaid } from './helpers';

/** Asks the server as the page's own session, for what another person does meanwhile. */
async function ask<T>(
  page: Page,
  method: string,
  path: string,
  body?: unknown,
  ifMatch?: number,
): Promise<T> {
  return page.evaluate(
    async ([how, where, what, version]) => {
      const session = await (await fetch('/api/v1/session')).json();
      const answer = await fetch(`/api/v1${where}`, {
        method: how as string,
        headers: {
          'Content-Type': 'application/json',
          'X-CSRF-Token': session.csrf,
          ...(version ? { 'If-Match': `"${version}"` } : {}),
        },
        body: what === undefined ? undefined : JSON.stringify(what),
      });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${how} ${where}: ${answer.status} ${text}`);
      return text ? JSON.parse(text) : undefined;
    },
    [method, path, body, ifMatch] as const,
  ) as Promise<T>;
}

type Flow = { document: Document_; draftVersion: number };
type Document_ = { nodes: Record<string, { type: string; cfg?: Record<string, unknown> }> };

const words = { en: 'Own way', 'zh-CN': '自有流程' };
const document = (template: string) => ({
  format: 'dueflow.flow/1',
  key: 'own-way',
  name: words,
  subject: { form: 'invoice' },
  stopWhen: stopsWhenPaid,
  nodes: {
    start: { type: 'trigger.date', v: 1, cfg: { field: 'invoice.dueDate', at: '10:00' } },
    first: {
      type: 'send',
      v: 1,
      label: { en: 'The first letter', 'zh-CN': '第一封信' },
      cfg: { channel: 'email', template },
    },
    end: { type: 'end', v: 1 },
  },
  edges: [
    { from: 'start', to: 'first' },
    { from: 'first', to: 'end' },
  ],
});

/** A version of a pack, made of a flow that is gone again afterwards. */
async function made(page: Page, version: string, template: string): Promise<Buffer> {
  await ask(page, 'PUT', '/flows/own-way', { document: document(template) });
  const { file } = await ask<{ file: string }>(page, 'POST', '/packs/export', {
    flow: 'own-way',
    id: 'own-pack',
    version,
    name: words,
    about: words,
    publisher: 'Us',
    licence: 'MIT',
    noQuestions: true,
  });
  await ask(page, 'DELETE', '/flows/own-way');
  return Buffer.from(file, 'base64');
}

/** Takes away what an attempt before this one has left. */
async function forget(page: Page) {
  const gone = () => undefined;
  await ask(page, 'POST', '/packs/own-pack/uninstall', { dry: false, stop: true }).catch(gone);
  await ask(page, 'DELETE', '/flows/own-way').catch(gone);
}

async function upload(page: Page, file: Buffer) {
  await open(page, '/market');
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'own.dfpkg', mimeType: 'application/gzip', buffer: file });
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Own way');
}

const sent = async (page: Page) =>
  (await ask<Flow>(page, 'GET', '/flows/own-way')).document.nodes.first?.cfg?.template;

test.describe.configure({ mode: 'serial' });

test('a package of one’s own is installed, upgraded over one’s changes by choice, and gone back from', async ({
  page,
}) => {
  await speak(page, 'en');
  await open(page, '/market');
  if (test.info().retry) await forget(page);
  const first = await made(page, '1.0.0', 'overdue-friendly');
  const second = await made(page, '1.1.0', 'overdue-clear');

  await upload(page, first);
  const install = page.getByRole('button', { name: 'Install', exact: true });
  await expect(install).toBeDisabled(); // it is not signed
  await page.getByRole('checkbox', { name: 'I know where it comes from' }).check();
  await install.click();
  await expect(page.getByText('Own way 1.0.0 is installed')).toBeVisible();
  expect(await sent(page)).toBe('overdue-friendly');

  // Somebody here sends another message; the pack's next version does too.
  const { document: mine, draftVersion } = await ask<Flow>(page, 'GET', '/flows/own-way');
  (mine.nodes.first?.cfg as Record<string, unknown>).template = 'overdue-firm';
  await ask(page, 'PUT', '/flows/own-way', { document: mine }, draftVersion);

  await upload(page, second);
  const choice = page.getByRole('radiogroup', { name: 'Own way, The first letter: which one stays' });
  await expect(choice).toBeVisible();
  await expect(choice).toContainText('Clear reminder'); // a sentence with the message's name, no keys
  await expect(choice).not.toContainText('cfg');
  const upgrade = page.getByRole('button', { name: 'Upgrade', exact: true });
  await page.getByRole('checkbox', { name: 'I know where it comes from' }).check();
  await expect(upgrade).toBeDisabled();
  await expectAccessible(page);
  await choice.getByRole('radio', { name: /Keep mine/ }).check();
  await expect(upgrade).toBeEnabled();
  await choice.getByRole('radio', { name: /Take the pack/ }).check(); // one may think better of it
  await upgrade.click();
  await expect(page.getByText('Own way 1.1.0 is installed')).toBeVisible();
  expect(await sent(page)).toBe('overdue-clear');

  await open(page, '/market?tab=installed');
  await page.getByRole('button', { name: 'Roll back: Own way' }).click();
  await page.getByRole('button', { name: 'Roll back', exact: true }).click();
  await expect(page.getByText('Own way 1.0.0 is installed')).toBeVisible();
  expect(await sent(page)).toBe('overdue-firm');
  // A file that it came from stays; with the pack gone, the file can go too.
  await open(page, '/market?tab=installed');
  const files = page.getByRole('region', { name: 'Package files' });
  await expect(files.getByText('In use')).toHaveCount(1);
  await ask(page, 'POST', '/packs/own-pack/uninstall', { dry: false, stop: true });
  await page.reload();
  await files.getByRole('button', { name: 'Delete: Own way 1.0.0' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(files.getByRole('listitem')).toHaveCount(1);
});

test('a field of one’s own stands for the pack’s', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/market');
  const plan = await ask<{ hash: string }>(page, 'POST', '/packs/plan', { id: 'utilities' });
  await ask(page, 'POST', '/packs/apply', { id: 'utilities', hash: plan.hash });

  await open(page, '/market/education-fees?install=1');
  await page.getByRole('button', { name: '2', exact: false }).filter({ hasText: 'Fields' }).click();
  const field = page
    .getByRole('group')
    .filter({ has: page.getByRole('radiogroup') })
    .first();
  await field.getByRole('radio', { name: 'Use a field of mine' }).check();
  await expect(field.getByText('In need of care')).toBeVisible(); // the other pack's field, by its name
  await page.getByRole('button', { name: 'Continue' }).click();
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(page.getByText(/is installed/).first()).toBeVisible();
  const { items } = await ask<{ items: { id: string; objects: { kind: string; as: string }[] }[] }>(
    page,
    'GET',
    '/packs',
  );
  const flow = items.find(({ id }) => id === 'education-fees')?.objects.find(({ kind }) => kind === 'flows');
  const { document: doc } = await ask<Flow>(page, 'GET', `/flows/${flow?.as}`);
  expect(JSON.stringify(doc)).toContain('customer.vulnerable');
  for (const id of ['education-fees', 'utilities'])
    await ask(page, 'POST', `/packs/${id}/uninstall`, { dry: false, stop: true });
});

test('a calendar comes along, and yours of that name stays if you say so', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/market');
  const days = (line: string) => ({
    name: 'Shop days',
    file: 'days.csv',
    data: Buffer.from(line).toString('base64'),
  });
  const { id } = await ask<{ id: string }>(page, 'POST', '/calendars', days('2027-03-08,off,Party'));
  const own = { ...document('overdue-friendly'), key: 'shop-way', settings: { calendar: id } };
  await ask(page, 'PUT', '/flows/shop-way', { document: own });
  const { file } = await ask<{ file: string }>(page, 'POST', '/packs/export', {
    flow: 'shop-way',
    id: 'own-days',
    version: '1.0.0',
    name: words,
    about: words,
    publisher: 'Us',
    licence: 'MIT',
    noQuestions: true,
  });
  await ask(page, 'DELETE', '/flows/shop-way');
  await ask(page, 'PUT', `/calendars/${id}`, days('2027-03-09,off,Another party'), 1);

  await upload(page, Buffer.from(file, 'base64'));
  await page.getByRole('checkbox', { name: 'I know where it comes from' }).check();
  await expect(page.getByText('You have one of this name, and it differs.')).toBeVisible();
  const install = page.getByRole('button', { name: 'Install', exact: true });
  await expect(install).toBeEnabled(); // nothing of yours would be changed
  await page.getByRole('checkbox', { name: 'Install the calendar Shop days' }).check();
  const choice = page.getByRole('radiogroup', { name: 'Shop days, Days: which one stays' });
  await expect(choice).toContainText('Days off: 1, make-up workdays: 0; 2027-03-09');
  await expect(install).toBeDisabled();
  await expectAccessible(page);
  await choice.getByRole('radio', { name: /Keep mine/ }).check();
  await install.click();
  await expect(page.getByText('Own way 1.0.0 is installed')).toBeVisible();
  const { document: doc } = await ask<{ document: { settings?: { calendar?: string } } }>(
    page,
    'GET',
    '/flows/shop-way',
  );
  expect(doc.settings?.calendar).toBe(id);
  await ask(page, 'POST', '/packs/own-days/uninstall', { dry: false, stop: true });
  const kept = await ask<{ name: string; version: number }>(page, 'GET', `/calendars/${id}`);
  expect(kept).toMatchObject({ name: 'Shop days', version: 2 });
  await ask(page, 'DELETE', `/calendars/${id}`);
});

test('an upgrade of a calendar asks only about the day that both changed', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/market');
  const days = (...lines: string[]) => ({
    name: 'Fair days',
    file: 'days.csv',
    data: Buffer.from(lines.join('\n')).toString('base64'),
  });
  const { id } = await ask<{ id: string }>(
    page,
    'POST',
    '/calendars',
    days('2027-03-08,off,Party', '2027-03-10,off,Fair'),
  );
  const own = { ...document('overdue-friendly'), key: 'fair-way', settings: { calendar: id } };
  await ask(page, 'PUT', '/flows/fair-way', { document: own });
  const version = async (version: string) => {
    const about = { id: 'fair-days', version, name: words, about: words, publisher: 'Us', licence: 'MIT' };
    const { file } = await ask<{ file: string }>(page, 'POST', '/packs/export', {
      ...about,
      flow: 'fair-way',
      noQuestions: true,
    });
    return Buffer.from(file, 'base64');
  };
  const first = await version('1.0.0');
  await ask(page, 'PUT', `/calendars/${id}`, days('2027-03-08,off,Big party', '2027-03-13,work'), 1);
  const second = await version('1.1.0');
  await ask(page, 'DELETE', '/flows/fair-way');
  await ask(page, 'DELETE', `/calendars/${id}`);

  await upload(page, first);
  await page.getByRole('checkbox', { name: 'I know where it comes from' }).check();
  await page.getByRole('checkbox', { name: 'Install the calendar Fair days' }).check();
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(page.getByText('Own way 1.0.0 is installed')).toBeVisible();
  const { items } = await ask<{ items: { id: string; name?: string }[] }>(page, 'GET', '/calendars');
  const mine = items.find(({ name }) => name === 'Fair days')?.id ?? '';
  const changed = days('2027-03-08,off,Our party', '2027-03-10,off,Fair', '2027-03-15,off,Stocktaking');
  await ask(page, 'PUT', `/calendars/${mine}`, changed, 1);

  await upload(page, second);
  await page.getByRole('checkbox', { name: 'I know where it comes from' }).check();
  await page.getByRole('checkbox', { name: 'Install the calendar Fair days' }).check();
  const choice = page.getByRole('radiogroup', { name: 'Fair days, 2027-03-08: which one stays' });
  await expect(choice).toContainText('Day off: Our party');
  await expect(choice).toContainText('Day off: Big party');
  await expect(page.getByRole('radiogroup', { name: /which one stays/ })).toHaveCount(1);
  await expectAccessible(page);
  await choice.scrollIntoViewIfNeeded();
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/calendar-conflict.png` });
  await choice.getByRole('radio', { name: /Keep mine/ }).check();
  await page.getByRole('button', { name: 'Upgrade', exact: true }).click();
  await expect(page.getByText('Own way 1.1.0 is installed')).toBeVisible();
  const now = await ask<{ days: { date: string; kind: string; name?: string }[] }>(
    page,
    'GET',
    `/calendars/${mine}?year=2027`,
  );
  expect(now.days.map(({ date, name }) => `${date} ${name ?? ''}`.trim())).toEqual([
    '2027-03-08 Our party',
    '2027-03-13',
    '2027-03-15 Stocktaking',
  ]);
  await ask(page, 'POST', '/packs/fair-days/uninstall', { dry: false, stop: true });
});

test('a plan that has become old is not applied but shown anew', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/market/vip-care?install=1');
  const review = page.getByRole('button', { name: 'Continue' });
  while (await review.isVisible()) await review.click();
  await expect(page.getByRole('button', { name: 'Install', exact: true })).toBeEnabled();
  const plan = await ask<{ hash: string }>(page, 'POST', '/packs/plan', { id: 'vip-care' });
  await ask(page, 'POST', '/packs/apply', { id: 'vip-care', hash: plan.hash });
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await expect(page.getByText('The workspace changed in the meantime')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Apply', exact: true })).toBeVisible(); // it is there already
  await ask(page, 'POST', '/packs/vip-care/uninstall', { dry: false, stop: true });
});

test('a flow is saved as a pack, with its questions', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/flows/demo-friendly');
  await page.getByRole('button', { name: 'Shared draft' }).click();
  await page.getByRole('menuitem', { name: 'Save as a pack' }).click();
  const drawer = page.getByRole('dialog', { name: 'This flow as a pack' });
  await expect(drawer.getByRole('region', { name: 'What goes in' })).toBeVisible();
  await expectAccessible(page);
  const id = drawer.getByRole('textbox', { name: 'Id' });
  await id.fill('No good');
  await expect(drawer.getByRole('button', { name: 'Download' })).toBeDisabled();
  await id.fill('friendly-copy');
  await drawer.getByRole('checkbox').first().uncheck();
  const save = drawer.getByRole('button', { name: 'Download' });
  await expect(save).toBeEnabled();
  const [file] = await Promise.all([page.waitForEvent('download'), save.click()]);
  expect(file.suggestedFilename()).toBe('friendly-copy-1.0.0.dfpkg');
});
