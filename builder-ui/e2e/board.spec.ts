import { type Browser, expect, type Page, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, open, settled, speak, still } from './helpers';

test.use(still);

type Card = { id: string; name: string; column: string; balances?: { currency: string; overdue: number }[] };

async function enter(browser: Browser, email: string, lang: Lang = 'en', scheme?: 'dark'): Promise<Page> {
  const context = await browser.newContext({ colorScheme: scheme ?? 'light' });
  const page = await context.newPage();
  await speak(page, lang);
  const session = await page.request.post('/api/v1/session/demo', { data: { email } });
  expect(session.ok()).toBe(true);
  return page;
}
const finance = (browser: Browser) => enter(browser, 'finance@demo.example');
const sales = (browser: Browser) => enter(browser, 'mara@demo.example');

/** Cards of a column that the person sees, as the server has them. */
async function cardsOf(page: Page, column: string): Promise<Card[]> {
  const answer = await page.request.get(`/api/v1/boards/collection/cards?column=${column}&limit=30`);
  const { columns } = await answer.json();
  return columns[0].items;
}

async function post(page: Page, path: string, data: unknown) {
  const session = await (await page.request.get('/api/v1/session')).json();
  const answer = await page.request.post(`/api/v1${path}`, {
    data,
    headers: { 'X-CSRF-Token': session.csrf },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.json();
}

const column = (page: Page, key: string) => page.locator(`.cards[data-column="${key}"]`);
const card = (page: Page, key: string, id: string) => column(page, key).locator(`[data-card="${id}"]`);
const nameOf = (page: Page, id: string) => page.locator(`[data-open="${id}"]`);

async function board(page: Page) {
  await open(page, '/board');
  await expect(page.locator('[data-card]').first()).toBeVisible();
}

test('a card dragged by mouse asks for what the move needs, and a colleague sees it at once', async ({
  browser,
}) => {
  const [a, b] = [await finance(browser), await sales(browser)];
  await Promise.all([board(a), board(b)]);
  // The third of the sales person's cards: visible to both.
  const id = (await cardsOf(b, 'followUp'))[2]?.id ?? '';
  await a.getByRole('searchbox', { name: 'Search accounts' }).fill((await nameOf(b, id).textContent()) ?? '');
  await expect(a.locator('[data-card]')).toHaveCount(1);
  await expect(card(b, 'followUp', id)).toBeVisible();

  await card(a, 'followUp', id).dragTo(column(a, 'onHold'));
  const form = a.getByRole('dialog', { name: 'Put on hold' });
  await expect(form).toBeVisible();
  // The card waits in its new place while the form is open.
  await expect(card(a, 'onHold', id)).toBeVisible();
  await form.getByLabel('Reason').fill('Waiting for the new purchase order');
  // A snooze: the account comes back by itself.
  await form.getByRole('button', { name: '1 week' }).click();
  await expect(form.getByLabel('Until')).toHaveValue(/^\d{4}-\d\d-\d\d$/);
  if (process.env.SHOTS) await a.screenshot({ path: `${process.env.SHOTS}/snooze.png` });
  await form.getByRole('button', { name: 'Put on hold' }).click();
  // How fast it is seen is measured by the benchmark of live events.
  await expect(card(b, 'onHold', id)).toContainText('Waiting for the new purchase order');
  await expect(card(b, 'followUp', id)).toHaveCount(0);

  // Taking it back from the notice is one click.
  await a.getByRole('button', { name: 'Undo' }).click();
  await expect(card(a, 'followUp', id)).toBeVisible();
  await expect(card(b, 'followUp', id)).toBeVisible();
  await a.context().close();
  await b.context().close();
});

test('a cancelled form puts the card back, and computed columns say why they refuse', async ({ browser }) => {
  const page = await sales(browser);
  await board(page);
  const [first] = await cardsOf(page, 'followUp');
  const id = first?.id ?? '';
  await card(page, 'followUp', id).dragTo(column(page, 'disputed'));
  await expect(page.getByRole('dialog', { name: 'Open the dispute' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(card(page, 'followUp', id)).toBeVisible();
  await card(page, 'followUp', id).dragTo(column(page, 'current'));
  await expect(page.getByText('Nothing can be moved to “Not due”')).toBeVisible();
  await expect(card(page, 'followUp', id)).toBeVisible();
  await page.context().close();
});

test('the board is worked without a mouse', async ({ browser }) => {
  const page = await sales(browser);
  await board(page);
  const list = await cardsOf(page, 'followUp');
  const [one, two] = [list[0]?.id ?? '', list[1]?.id ?? ''];
  await nameOf(page, one).focus();
  await page.keyboard.press('ArrowDown');
  await expect(nameOf(page, two)).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await expect(column(page, 'promised').locator('[data-open]:focus')).toHaveCount(1);
  await page.keyboard.press('ArrowLeft');
  await expect(column(page, 'followUp').locator('[data-open]:focus')).toHaveCount(1);

  // "m" offers every move; Enter takes one.
  await nameOf(page, two).focus();
  await page.keyboard.press('m');
  await expect(page.getByRole('menuitem', { name: 'Escalated' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(nameOf(page, two)).toBeFocused();

  // Alt with an arrow goes to the column beside: a promise.
  await page.keyboard.press('Alt+ArrowRight');
  const form = page.getByRole('dialog', { name: 'Note the promise' });
  await expect(form.getByLabel('Amount')).not.toHaveValue('');
  await form.getByRole('button', { name: 'Note the promise' }).click();
  await expect(card(page, 'promised', two)).toContainText('Promised');
  // The server has it too.
  await expect.poll(async () => (await cardsOf(page, 'promised')).map(({ id }) => id)).toContain(two);

  // And back, with no question to ask.
  await nameOf(page, two).focus();
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(card(page, 'followUp', two)).toBeVisible();
  await page.context().close();
});

test('a move of somebody who saw an old board is refused, rolled back and explained', async ({ browser }) => {
  const [a, b] = [await finance(browser), await sales(browser)];
  await board(b);
  const id = (await cardsOf(b, 'followUp'))[3]?.id ?? '';
  // This browser hears nothing of what happens meanwhile.
  await b.routeWebSocket(/\/api\/v1\/live/, () => undefined);
  await board(b);
  await card(b, 'followUp', id).dragTo(column(b, 'promised'));
  const form = b.getByRole('dialog', { name: 'Note the promise' });
  await expect(form.getByLabel('Amount')).not.toHaveValue('');
  const { items } = await post(a, '/boards/moves', {
    moves: [{ customer: id, from: 'followUp', to: 'onHold', reason: 'The customer is moving house' }],
  });
  expect(items[0].ok).toBe(true);
  await form.getByRole('button', { name: 'Note the promise' }).click();
  await expect(b.getByText(/was moved meanwhile: it is in “On hold”/)).toBeVisible();
  await expect(card(b, 'onHold', id)).toContainText('The customer is moving house');
  await expect(card(b, 'promised', id)).toHaveCount(0);
  await post(a, '/boards/moves', { moves: [{ customer: id, from: 'onHold', to: 'followUp' }] });
  await a.context().close();
  await b.context().close();
});

test('a note that names a colleague reaches their bell, and the account shows who works on it', async ({
  browser,
}) => {
  const [a, b] = [await finance(browser), await sales(browser)];
  await Promise.all([board(a), open(b, '/today')]);
  const [first] = await cardsOf(b, 'followUp');
  const id = first?.id ?? '';
  await a.getByRole('searchbox', { name: 'Search accounts' }).fill(first?.name ?? '');
  await expect(a.locator('[data-card]')).toHaveCount(1);
  await nameOf(a, id).focus();
  await a.keyboard.press('Enter');
  const peek = a.getByRole('complementary', { name: 'Account' });
  const note = peek.getByLabel('Note for colleagues');
  await note.pressSequentially('Please send them the statement again @Mara');
  await a
    .getByRole('option', { name: 'Mara Lindqvist' })
    .or(a.locator('.ant-mentions-dropdown-menu-item'))
    .first()
    .click();
  await peek.getByRole('button', { name: 'Add note' }).click();
  await expect(peek.locator('.peek-written').first()).toContainText('send them the statement again');

  const bell = b.getByRole('button', { name: /^Notices, \d+ unread$/ });
  await expect(bell).toBeVisible();
  const unread = async () => (await (await b.request.get('/api/v1/notices')).json()).unread as number;
  await bell.click();
  const notices = b.getByRole('dialog', { name: 'Notices' });
  await expect(notices).toContainText('send them the statement again');
  const before = await unread();
  await notices.getByRole('link', { name: first?.name }).first().click();
  await expect(b.getByRole('complementary', { name: 'Account' })).toContainText(
    'send them the statement again',
  );
  // Writing said that the account is being worked on.
  await expect(b.getByText(/is working on this account right now/)).toBeVisible();
  // That one is read; those of the demo's days may be there still.
  await expect.poll(unread).toBeLessThan(before);
  await a.keyboard.press('Escape');
  await a.context().close();
  await b.context().close();
});

test('several cards are moved together, after a preview and with a result for each', async ({ browser }) => {
  const page = await sales(browser);
  await board(page);
  const list = await cardsOf(page, 'followUp');
  const [one, three] = [list[0]?.id ?? '', list[2]?.id ?? ''];
  await nameOf(page, one).focus();
  await page.keyboard.press('Space');
  await card(page, 'followUp', three).click({ modifiers: ['Shift'] });
  await expect(page.getByText('3 selected')).toBeVisible();
  await page.getByRole('button', { name: 'Escalate' }).click();
  const dialog = page.getByRole('dialog', { name: 'Move 3 accounts to “Escalated”' });
  await expect(dialog.getByText('To call → Escalated')).toHaveCount(3);
  await dialog.getByLabel('Who').click();
  await page.getByTitle('Finance manager').click();
  await dialog.getByLabel('Reason').fill('Too late for one person');
  await dialog.getByRole('button', { name: 'Do it for 3 accounts' }).click();
  await expect(dialog.getByText('3 of 3 done')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(card(page, 'escalated', one)).toBeVisible();
  await expect(card(page, 'escalated', three)).toBeVisible();
  await settled(page);
  await page.context().close();
});

test('a view is saved with its filters, shared, and deleted', async ({ browser }) => {
  const [a, b] = [await finance(browser), await sales(browser)];
  await open(a, '/board?tier=C&lanes=owner');
  await a.getByRole('button', { name: 'Views' }).click();
  await a.getByRole('menuitem', { name: 'Save as a new view' }).click();
  const form = a.getByRole('dialog', { name: 'Save as a new view' });
  await form.getByLabel('Name').fill('Late payers');
  await form.getByLabel('Share with everyone').click();
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(a.getByRole('heading', { level: 1 })).toHaveText('Late payers');
  await expect(a.locator('.lane-title').first()).toBeVisible();
  await expect(a.locator('.card .tier-A, .card .tier-B')).toHaveCount(0);

  await board(b);
  await b.getByRole('button', { name: 'Views' }).click();
  await b.getByRole('menuitem', { name: 'Late payers · shared' }).click();
  await expect(b.getByRole('heading', { level: 1 })).toHaveText('Late payers');

  await a.getByRole('button', { name: 'Views' }).click();
  await a.getByRole('menuitem', { name: 'Delete this view' }).click();
  await a.getByRole('dialog').getByRole('button', { name: 'Delete this view' }).click();
  await expect(a.getByRole('heading', { level: 1 })).toHaveText('Collection');
  await a.context().close();
  await b.context().close();
});

for (const lang of languages) {
  test(`no violations beside the board and in its forms, ${lang}`, async ({ browser }) => {
    test.setTimeout(120_000);
    const page = await enter(browser, 'finance@demo.example', lang, 'dark');
    await board(page);
    const first = column(page, 'followUp').locator('[data-open]').first();
    await first.focus();
    await page.keyboard.press('Enter');
    await expect(page.locator('.peek .note-box')).toBeVisible();
    await settled(page);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(page.locator('.peek')).toHaveCount(0);
    await expect(first).toBeFocused();

    await page.keyboard.press('m');
    await expect(page.getByRole('menu')).toBeVisible();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    for (const steps of [1, 2, 3, 4]) {
      await first.focus();
      await page.keyboard.press('m');
      const target = ['promised', 'disputed', 'onHold', 'escalated'][steps - 1] ?? '';
      await page.locator(`[role="menuitem"][data-menu-id$="-${target}"]`).click();
      await expect(page.getByRole('dialog').locator('form')).toBeVisible();
      await settled(page);
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toHaveCount(0);
      await expect(column(page, 'followUp').locator('[data-open]').first()).toBeVisible();
    }
    await page.locator('.bell').click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await settled(page);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await page.context().close();
  });
}

test('five thousand cards stay light: few are mounted, the rest is read as one scrolls', async ({
  browser,
}) => {
  const page = await finance(browser);
  const total = 5_000;
  const keys = ['current', 'followUp', 'promised', 'disputed', 'onHold', 'escalated'];
  const item = (key: string, n: number) => ({
    id: `${key}-${n}`,
    column: key,
    name: `Customer ${n} of ${key}`,
    tier: 'B',
    version: 1,
    overdueDays: n % 120,
    openInvoices: 2,
    owner: { id: 'u', name: 'Mara Lindqvist' },
    balances: [{ currency: 'EUR', open: 1000 * n, overdue: 500 * n, disputed: 0, promised: 0, unapplied: 0 }],
  });
  await page.route('**/api/v1/boards/collection/cards?**', (route) => {
    const query = new URL(route.request().url()).searchParams;
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit') ?? 25);
    const wanted = query.get('column') ? [query.get('column') ?? ''] : keys;
    const columns = wanted.map((key) => ({
      key,
      computed: key === 'current',
      count: from === 0 ? total : 0,
      totals: { EUR: 1_000_000 },
      next: from + limit < total ? String(from + limit) : undefined,
      items: Array.from({ length: Math.min(limit, total - from) }, (_, n) => item(key, from + n + 1)),
    }));
    return route.fulfill({ json: { today: '2026-11-23', columns } });
  });
  await board(page);
  const list = column(page, 'followUp');
  await list.hover();
  let most = 0;
  for (let step = 0; step < 40; step++) {
    await page.mouse.wheel(0, 1_200);
    most = Math.max(most, await page.locator('[data-card]').count());
  }
  expect(most).toBeGreaterThan(20);
  expect(most).toBeLessThanOrEqual(100);
  // Far beyond the first page, in order, and each card once.
  await expect
    .poll(async () =>
      Number((await list.locator('[data-card]').last().getAttribute('data-card'))?.split('-')[1]),
    )
    .toBeGreaterThan(120);
  const seen = await list
    .locator('[data-card]')
    .evaluateAll((nodes) => nodes.map((node) => Number(node.getAttribute('data-card')?.split('-')[1])));
  expect(new Set(seen).size).toBe(seen.length);
  await page.context().close();
});

test('a board that cannot be read says so and tries again', async ({ browser }) => {
  const page = await finance(browser);
  let down = true;
  await page.route('**/api/v1/boards/collection/cards?**', (route) =>
    down ? route.fulfill({ status: 503, json: { title: 'Not available' } }) : route.continue(),
  );
  await page.goto('/board');
  await expect(page.getByRole('alert')).toContainText('Not available', { timeout: 30_000 });
  down = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.locator('[data-card]').first()).toBeVisible();
  await page.context().close();
});
