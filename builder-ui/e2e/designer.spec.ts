import { readFileSync } from 'node:fs';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, open, speak, stopsWhenPaid } from './helpers';

type Doc = {
  nodes: Record<string, { type: string; v: number; cfg?: unknown; label?: Record<string, string> }>;
  edges: { from: string; port?: string; to: string }[];
  settings?: { contactBudget?: { max: number; class?: string } };
};

const saved = (page: Page) => expect(page.locator('[data-save="saved"]')).toBeVisible();
const keyOf = (page: Page) => new URL(page.url()).pathname.split('/')[2] ?? '';
const steps = (page: Page) => page.locator('[data-step]');

async function draftOf(page: Page): Promise<Doc> {
  return (await (await page.request.get(`/api/v1/flows/${keyOf(page)}/draft`)).json()).document;
}

/** The steps in the order in which a run meets them, by their main ways. */
function chain(doc: Doc): string[] {
  const types: string[] = [];
  let at = Object.keys(doc.nodes).find((id) => doc.nodes[id]?.type.startsWith('trigger.'));
  for (const seen = new Set<string>(); at && !seen.has(at); ) {
    seen.add(at);
    types.push(doc.nodes[at]?.type ?? '');
    const ways = doc.edges.filter(({ from }) => from === at);
    at = (ways.find(({ port }) => !port || port === 'out' || port === 'else' || port === 'done') ?? ways[0])
      ?.to;
  }
  return types;
}

async function blank(page: Page, name: string) {
  await open(page, '/flows');
  await page.getByRole('button', { name: 'New flow' }).click();
  const dialog = page.getByRole('dialog', { name: 'New flow' });
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(steps(page)).toHaveCount(2);
}

async function importFile(page: Page, name: string, text: string, create = true) {
  await open(page, '/flows');
  await page.getByRole('button', { name: 'New flow' }).click();
  const dialog = page.getByRole('dialog', { name: 'New flow' });
  await dialog.getByRole('radio', { name: /A file/ }).check();
  await dialog
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  if (create) await dialog.getByRole('button', { name: 'Create', exact: true }).click();
  return dialog;
}

const line = (id: string, more: object = {}, extra: object = {}) => ({
  format: 'dueflow.flow/1',
  key: id,
  name: { en: id, 'zh-CN': id },
  subject: { form: 'invoice', keyBy: 'invoice.id', reentry: 'once' },
  stopWhen: stopsWhenPaid,
  nodes: {
    start: {
      type: 'trigger.date',
      v: 1,
      cfg: { field: 'invoice.dueDate', offset: { value: -3, unit: 'day' }, at: '09:00' },
    },
    ...more,
    end: { type: 'end', v: 1 },
  },
  edges: [{ from: 'start', to: 'end' }],
  ...extra,
});

test.beforeEach(async ({ page }) => speak(page, 'en'));

test('a flow of twelve steps by keyboard alone', async ({ page }) => {
  await open(page, '/flows');
  await page.getByRole('button', { name: 'New flow' }).focus();
  await page.keyboard.press('Enter');
  const dialog = page.getByRole('dialog', { name: 'New flow' });
  await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await expect(steps(page)).toHaveCount(2);

  const start = page.locator('[data-step]').first();
  await start.focus();
  const kinds = [
    'Wait',
    'Send a message',
    'Wait',
    'Decide',
    'Send a message',
    'Wait',
    'Ask a person',
    'Wait',
    'Send a message',
    'Tell a colleague',
  ];
  for (const [at, kind] of kinds.entries()) {
    await page.keyboard.press(at % 2 ? '+' : 'Insert');
    const menu = page.getByRole('dialog', { name: 'What happens next?' });
    await expect(menu.getByRole('combobox')).toBeFocused();
    await page.keyboard.type(kind);
    await page.keyboard.press('Enter');
    await expect(steps(page)).toHaveCount(at + 3);
    // The new step has the focus, so the next one follows it.
    await expect(page.locator('[data-step]:focus')).toBeVisible();
  }
  await saved(page);
  expect(chain(await draftOf(page))).toEqual([
    'trigger.date',
    'wait',
    'send',
    'wait',
    'branch',
    'send',
    'wait',
    'task',
    'wait',
    'send',
    'notify',
    'end',
  ]);

  // Walk, open, type, come back.
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'Settings' }).locator(':focus')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-step]:focus')).toBeVisible();

  // Move, remove, undo, redo.
  await page.keyboard.press('Alt+ArrowUp');
  await saved(page);
  expect(chain(await draftOf(page)).slice(7, 10)).toEqual(['task', 'send', 'wait']);
  await page.keyboard.press('Delete');
  await expect(steps(page)).toHaveCount(11);
  await page.keyboard.press('Control+z');
  await expect(steps(page)).toHaveCount(12);
  await page.keyboard.press('Control+y');
  await expect(steps(page)).toHaveCount(11);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  await saved(page);
  expect(chain(await draftOf(page)).slice(7, 10)).toEqual(['task', 'wait', 'send']);

  // Copy and paste, the list of keys, moving by name.
  await steps(page).first().focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+c');
  await page.keyboard.press('Control+v');
  await expect(steps(page)).toHaveCount(13);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await steps(page).nth(1).focus();
  await page.keyboard.press('Alt+ArrowRight');
  await expect(page.getByRole('dialog', { name: /^Move/ })).toBeVisible();
  await page.keyboard.press('Escape');
});

test('a new step is to be set up, and wrong only once it is left', async ({ page }) => {
  await blank(page, 'Not yet');
  const checklist = page.getByRole('button', { name: /Checklist/ });
  const panel = page.getByRole('complementary', { name: 'Settings' });
  // A flow that only starts and ends is not ready.
  await checklist.click();
  await expect(panel).toContainText('There is no step yet between its start and its end');
  await expect(panel).not.toContainText('Nothing stands in the way.');

  await page.getByRole('button', { name: 'Add step: Send a message' }).click();
  const card = steps(page).nth(1);
  await expect(card).toContainText('To be set up');
  await expect(card).toHaveAccessibleName(/Still to be set up/);
  await expect(card.locator('.step-issue-todo')).toBeVisible();
  await expect(panel).toContainText('A new step: fill in what it needs.');
  await expect(panel.locator('.prop-bad')).toHaveCount(0);
  await expect(checklist).toHaveAccessibleName(/0 to fix.*To be set up/);
  await expectAccessible(page);

  // Left, it is judged as everything else.
  await steps(page).first().click();
  await expect(card.locator('.step-issue-error')).toBeVisible();
  await expect(card).toHaveAccessibleName(/Has something to fix/);
  await card.click();
  await expect(panel.locator('.prop-bad').first()).toBeVisible();
  await expect(panel).not.toContainText('A new step: fill in what it needs.');

  // So is one about which somebody asks whether it is ready.
  await page.getByRole('button', { name: 'Add step: Send a message' }).click();
  await expect(page.locator('.step-issue-todo')).toHaveCount(1);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByRole('dialog', { name: /^Publish/ })).toBeVisible();
  await expect(page.locator('.step-issue-todo')).toHaveCount(0);
});

test('on a phone a tap on a step opens its settings, and Done closes them', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await blank(page, 'In the hand');
  const panel = page.getByRole('complementary', { name: 'Settings' });
  await expect(panel).toBeHidden();
  await steps(page).first().click();
  await expect(panel.getByRole('heading', { name: 'On a date' })).toBeVisible();
  await panel.locator('.panel-close').click();
  await expect(panel).toBeHidden();
  await page.getByRole('button', { name: /^Checklist/ }).click();
  await expect(panel.getByRole('heading', { name: 'Checklist' })).toBeVisible();
  await panel.getByRole('button', { name: 'Done' }).click();
  await expect(panel).toBeHidden();
});

test('a flow of twelve steps by mouse alone', async ({ page }) => {
  await blank(page, 'By mouse');
  const add = async (kind: string) => {
    const count = await steps(page).count();
    await page.locator('.plus').first().click();
    await page
      .getByRole('dialog', { name: 'What happens next?' })
      .locator('[role=option]', { hasText: kind })
      .first()
      .click();
    await expect(steps(page)).toHaveCount(count + 1);
  };
  for (const kind of ['Tell a colleague', 'Send a message', 'Wait', 'Decide']) await add(kind);
  // A palette tile adds after the chosen step.
  for (const kind of ['Ask a person', 'Wait', 'Send a message']) {
    const count = await steps(page).count();
    await page.getByRole('button', { name: `Add step: ${kind}`, exact: true }).click();
    await expect(steps(page)).toHaveCount(count + 1);
  }
  // And it can be dragged to a "+".
  await page.getByRole('button', { name: 'Show the whole flow' }).click();
  for (const kind of ['Hold reminders', 'Wait', 'Set fields']) {
    const count = await steps(page).count();
    await page
      .getByRole('button', { name: `Add step: ${kind}`, exact: true })
      .dragTo(page.locator('.plus').first());
    await expect(steps(page)).toHaveCount(count + 1);
  }
  await saved(page);
  const before = chain(await draftOf(page));
  expect(before).toHaveLength(12);
  expect(before.slice(0, 4)).toEqual(['trigger.date', 'update', 'wait', 'hold']);

  // A step is dragged to another place.
  const { nodes, edges } = await draftOf(page);
  const update = Object.keys(nodes).find((id) => nodes[id]?.type === 'update');
  const wait = edges.find(({ from }) => from === update)?.to;
  await page.locator(`[data-step="${update}"]`).dragTo(page.locator(`[data-place="${wait}/out"]`));
  await saved(page);
  await expect
    .poll(async () => chain(await draftOf(page)).slice(0, 4))
    .toEqual(['trigger.date', 'wait', 'update', 'hold']);

  // Settings by mouse: the number and unit of a wait.
  await page.locator('[data-step]', { hasText: 'Wait' }).first().click();
  const panel = page.getByRole('complementary', { name: 'Settings' });
  await expect(panel.getByRole('heading', { name: 'Wait' })).toBeVisible();
});

test('a hostile file is told about place by place, and nothing is saved', async ({ page }) => {
  const count = async () => (await (await page.request.get('/api/v1/flows')).json()).items.length as number;
  await open(page, '/flows');
  const before = await count();
  const bad = line(
    'bad-import',
    { x: { type: 'send', v: 1, cfg: {}, evil: '<img src=x onerror=alert(1)>' } },
    { edges: 'no list', unknown: { $where: 'sleep(1)' } },
  );
  const dialog = await importFile(page, 'bad.json', JSON.stringify(bad));
  await expect(dialog.getByRole('alert')).toContainText('Nothing was saved');
  await expect(dialog.locator('code').first()).toContainText('/');
  await page.keyboard.press('Escape');
  expect(await count()).toBe(before);

  for (const text of [
    '',
    'not json',
    '[]',
    '"text"',
    `${'['.repeat(20000)}`,
    '{"__proto__":{"polluted":1}}',
  ]) {
    const again = await importFile(page, 'bad.json', text, false);
    await expect(again.getByText('bad.json')).toBeVisible();
    const create = again.getByRole('button', { name: 'Create', exact: true });
    if (await create.isEnabled()) await create.click();
    await expect(again.getByRole('alert').first()).toBeVisible();
    expect(new URL(page.url()).pathname).toBe('/flows');
    await page.keyboard.press('Escape');
  }
  expect(await count()).toBe(before);
  expect(
    await page.evaluate(() => ({}) as Record<string, unknown>).then((value) => value.polluted),
  ).toBeUndefined();
});

test('names in any script survive, and long ones stay in their box', async ({ page }) => {
  const name = '𠮷野家 👩‍👩‍👧 שלום עולם ‏مرحبا';
  await blank(page, name);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  await steps(page).nth(0).click();
  const panel = page.getByRole('complementary', { name: 'Settings' });
  await panel.getByText('More settings').click();
  await panel
    .getByRole('textbox', { name: 'Name on the canvas, English' })
    .fill(`${name}${'长'.repeat(10_000)}`);
  await saved(page);
  const box = await steps(page).first().boundingBox();
  expect(box?.width).toBeLessThanOrEqual(270);
  const doc = await draftOf(page);
  const label = Object.values(doc.nodes).find(({ type }) => type.startsWith('trigger.'))?.label?.en ?? '';
  expect(label.startsWith(name)).toBe(true);
  await page.reload();
  await expect(steps(page).first()).toContainText(name);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('a step this server does not know is kept as it is', async ({ page }) => {
  const strange = { type: 'future.telepathy', v: 7, cfg: { wave: [1, { deep: '𠮷' }] } };
  const key = `future-${Date.now().toString(36)}`;
  await importFile(
    page,
    'future.json',
    JSON.stringify(
      line(
        key,
        { x: strange },
        {
          edges: [
            { from: 'start', to: 'x' },
            { from: 'x', port: 'aha', to: 'end' },
          ],
        },
      ),
    ),
  );
  await expect(page.locator('.step-unknown')).toBeVisible();
  await page.locator('.step-unknown').click();
  await expect(page.getByRole('complementary', { name: 'Settings' })).toContainText('future.telepathy');
  // An edit beside it leaves it alone.
  await page.locator('.plus').first().click();
  await page.getByRole('dialog', { name: 'What happens next?' }).locator('[data-type="wait"]').click();
  await expect(steps(page)).toHaveCount(4);
  await saved(page);
  const doc = await draftOf(page);
  expect(doc.nodes.x).toEqual(strange);
  expect(doc.edges).toContainEqual({ from: 'x', port: 'aha', to: 'end' });

  // And the exported file says the same.
  await page.getByRole('button', { name: 'Shared draft' }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Save as a file' }).click();
  const file = JSON.parse(readFileSync(await (await download).path(), 'utf8')) as Doc;
  expect(file.nodes.x).toEqual(strange);
});

test('a flow of 200 steps opens quickly', async ({ page }) => {
  const nodes: Record<string, object> = {};
  const edges: object[] = [];
  let from = { from: 'start' } as { from: string; port?: string };
  for (let at = 0; at < 198; at++) {
    const id = `s${at}`;
    const branch = at % 9 === 4;
    nodes[id] = branch
      ? {
          type: 'branch',
          v: 1,
          cfg: {
            cases: [
              { port: 'a', label: { en: 'A' }, when: { field: 'customer.tier', op: 'eq', value: 'A' } },
            ],
          },
        }
      : { type: 'wait', v: 1, cfg: { for: { value: 1, unit: 'day' } } };
    edges.push({ ...from, to: id });
    if (branch) edges.push({ from: id, port: 'a', to: at + 2 < 198 ? `s${at + 2}` : 'end' });
    from = branch ? { from: id, port: 'else' } : { from: id };
  }
  edges.push({ ...from, to: 'end' });
  const key = `long-${Date.now().toString(36)}`;
  await importFile(page, 'long.json', JSON.stringify(line(key, nodes, { edges })));
  await expect(steps(page).first()).toBeVisible();
  await page.goto('/flows');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  const began = Date.now();
  await page.goto(`/flows/${key}`);
  await expect(steps(page).first()).toBeVisible();
  const took = Date.now() - began;
  test.info().annotations.push({ type: 'figure', description: `200 steps open in ${took} ms` });
  console.log(`200 steps open in ${took} ms`);
  expect(took).toBeLessThan(4500);
  await expect(page.locator('.react-flow__minimap')).toBeVisible();
  // Only what is in sight is drawn.
  expect(await steps(page).count()).toBeLessThan(60);
});

for (const [lang, say] of [
  ['en', { budget: 'Number of messages', counts: 'What counts', calls: 'calls', settings: 'Flow settings' }],
  ['zh-CN', { budget: '消息条数', counts: '计入的联系方式', calls: '电话', settings: '流程设置' }],
] as const)
  test(`a flow's own limit says what it counts (${lang})`, async ({ page }) => {
    await speak(page, 'en');
    await blank(page, `Limit ${lang}`);
    await speak(page, lang);
    await page.reload();
    await page.getByRole('button', { name: say.settings }).click();
    await page.getByRole('spinbutton', { name: say.budget }).fill('3');
    await page.getByLabel(say.counts).click();
    await page.getByTitle(say.calls, { exact: true }).click();
    await saved(page);
    await expect
      .poll(async () => (await draftOf(page)).settings?.contactBudget)
      .toMatchObject({ max: 3, class: 'call' });
    await page.goto(`/flows/${keyOf(page)}/text`);
    await expect(
      page.getByText(lang === 'en' ? /At most 3 .*counting calls/ : /最多 3 次电话/),
    ).toBeVisible();
  });
