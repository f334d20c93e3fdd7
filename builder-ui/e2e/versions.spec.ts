import { expect, type Page, test } from '@playwright/test';
import { open, settled, shot, speak, stopsWhenPaid } from './helpers';

test.beforeEach(async ({ page }) => speak(page, 'en'));

/** A request as the signed-in person. */
async function send(
  page: Page,
  method: string,
  path: string,
  data?: unknown,
  headers?: Record<string, string>,
) {
  const session = await (await page.request.get('/api/v1/session')).json();
  const answer = await page.request.fetch(`/api/v1${path}`, {
    method,
    data,
    headers: { 'X-CSRF-Token': session.csrf, ...headers },
  });
  expect(answer.ok(), `${method} ${path}: ${await answer.text()}`).toBe(true);
  return answer.json();
}

const text = (words: string) => ({ en: words, 'zh-CN': words });

/** A flow over the dear invoices only, whose runs stay where they are. */
const flow = (key: string, nodes: Record<string, unknown>, order: string[]) => ({
  format: 'dueflow.flow/1',
  key,
  name: text(key),
  subject: { form: 'invoice' },
  stopWhen: stopsWhenPaid,
  nodes: {
    start: {
      type: 'trigger.date',
      v: 1,
      cfg: {
        field: 'invoice.dueDate',
        at: '00:00',
        filter: { field: 'invoice.amount', op: 'gte', value: 8_000_000 },
      },
    },
    ...nodes,
    end: { type: 'end', v: 1 },
  },
  edges: ['start', ...order].map((from, at) => ({ from, to: [...order, 'end'][at] })),
});

const rest = (days: number) => ({
  type: 'wait',
  v: 1,
  cfg: { for: { value: days, unit: 'day' }, at: '09:30' },
});
const note = { type: 'notify', v: 1, cfg: { to: { field: 'customer.owner' }, text: text('Have a look') } };

/** Stores the shared draft over whatever it is now. */
async function store(page: Page, document: { key: string }) {
  const was = await page.request.get(`/api/v1/flows/${document.key}`);
  const headers = was.ok() ? { 'If-Match': was.headers().etag ?? '*' } : undefined;
  await send(page, 'PUT', `/flows/${document.key}`, { document }, headers);
}

async function publish(page: Page, document: { key: string }) {
  await store(page, document);
  await send(page, 'POST', `/flows/${document.key}/publish`, {});
}

/** How many runs of a flow are in a state. */
async function runs(page: Page, key: string, status: string): Promise<number> {
  const { items } = await (
    await page.request.get(`/api/v1/runs?flow=${key}&status=${status}&limit=200`)
  ).json();
  return items.length;
}

test('a new version says what becomes of those under way, step by step, and there is a way back', async ({
  page,
}) => {
  await open(page, '/flows');
  const key = `versions-${Date.now().toString(36)}`;
  await publish(page, flow(key, { pause: rest(400), note }, ['pause', 'note']));
  // All who enter have entered.
  let last = 0;
  await expect
    .poll(
      async () => {
        const now = await runs(page, key, 'active');
        const same = now > 0 && now === last;
        last = now;
        return same;
      },
      { timeout: 40_000, intervals: [2_000] },
    )
    .toBe(true);
  await store(page, flow(key, { pause: rest(300), note }, ['pause', 'note']));

  await open(page, `/flows/${key}`);
  await page.getByRole('button', { name: 'Publish new version' }).click();
  const dialog = page.getByRole('dialog', { name: /^Publish “/ });
  await expect(dialog.getByText(/\d+ runs are under way/)).toBeVisible();
  await dialog.getByRole('radio', { name: /Move them/ }).check();
  await dialog.getByText('Choose step by step').click();
  await shot(page, 'impact');
  await dialog.getByRole('combobox', { name: /^Runs at “Wait/ }).press('ArrowDown');
  await page.getByRole('option', { name: 'Stop them' }).click({ force: true });
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(page.getByText('Published as v2')).toBeVisible();
  // Those that waited have stopped; those before it have moved, and the old version has none.
  const old = async () => {
    const { items } = await (
      await page.request.get(`/api/v1/runs?flow=${key}&status=active&limit=500`)
    ).json();
    return items.filter((run: { version: number }) => run.version === 1).length;
  };
  await expect.poll(old, { timeout: 30_000 }).toBe(0);
  expect(await runs(page, key, 'active')).toBeGreaterThan(0);

  await page
    .getByRole('link', { name: 'Versions' })
    .or(page.getByRole('tab', { name: 'Versions' }))
    .click();
  await settled(page);
  await expect(page.getByRole('row')).toHaveCount(3);
  await shot(page, 'versions');
  await page.getByRole('button', { name: 'View version 1' }).click();
  await expect(page.getByRole('dialog', { name: 'Version 1, as it was published' })).toBeVisible();
  await shot(page, 'version-view');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Publish version 1 again' }).click();
  const back = page.getByRole('dialog', { name: 'Publish version 1 again?' });
  await shot(page, 'rollback');
  await back.getByRole('button', { name: 'Publish again' }).click();
  await expect(page.getByText('Published as v3')).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(4);
  const draft = (await send(page, 'GET', `/flows/${key}/draft`)).document;
  expect(draft.nodes.pause.cfg.for.value).toBe(400);
  await send(page, 'POST', `/flows/${key}/stop`, {});
});

test('a private draft takes over what others changed, and a clash is decided by hand', async ({ page }) => {
  await open(page, '/flows');
  const key = `private-${Date.now().toString(36)}`;
  await store(page, flow(key, { pause: rest(5), note }, ['pause', 'note']));
  await open(page, `/flows/${key}`);
  await page.getByRole('button', { name: 'Shared draft' }).click();
  await page.getByRole('menuitem', { name: 'Work in a private draft' }).click();
  await expect(page.getByRole('button', { name: 'My private draft' })).toBeVisible();
  await page.locator('[data-step="pause"]').click();
  const days = page.getByRole('spinbutton').first();
  await days.fill('9');
  await days.press('Tab');
  await expect(page.locator('[data-save="saved"]')).toBeVisible();
  await store(page, flow(key, { pause: rest(7), note }, ['pause', 'note']));

  await page.getByRole('button', { name: 'My private draft' }).click();
  await page.getByRole('menuitem', { name: 'Put my changes into the shared draft' }).click();
  const clash = page.getByRole('dialog', { name: 'Somebody changed the same thing' });
  await expect(clash).toBeVisible();
  await shot(page, 'private-conflict');
  await clash.getByRole('button', { name: /^Keep mine/ }).click();
  await expect(page.getByText('Your changes are in the shared draft.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Shared draft' })).toBeVisible();
  const draft = (await send(page, 'GET', `/flows/${key}/draft`)).document;
  expect(draft.nodes.pause.cfg.for.value).toBe(9);
});

test('a rehearsal is cancelled, and what came so far stays', async ({ page }) => {
  await open(page, '/flows/demo-friendly/rehearsal');
  // Over a line so slow that the end does not come by itself.
  const line = await page.context().newCDPSession(page);
  await line.send('Network.enable');
  const speed = (downloadThroughput: number) =>
    line.send('Network.emulateNetworkConditions', {
      offline: false,
      latency: 0,
      downloadThroughput,
      uploadThroughput: -1,
    });
  await page.getByText('Last 3 months, as it really went').click();
  await speed(2_000);
  await page.getByRole('button', { name: 'Start rehearsal' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'accounts' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Cancel' })).toBeVisible();
  await shot(page, 'rehearsal-running');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await speed(-1);
  await expect(page.getByText('Cancelled; these are the results so far.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Start rehearsal' })).toBeVisible();
  await shot(page, 'rehearsal-cancelled');
});

for (const [lang, say] of Object.entries({
  en: {
    start: 'Start rehearsal',
    alone: 'This flow alone',
    company: 'Flows that played along',
    others: /^Other flows/,
    statement: 'Monthly statement',
    view: 'Show as',
  },
  'zh-CN': {
    start: '开始预演',
    alone: '仅此流程',
    company: '一同预演的流程',
    others: /^其他流程/,
    statement: '月度对账单',
    view: '显示方式',
  },
}))
  test(`a rehearsal says what the other live flows do, or leaves them out (${lang})`, async ({ page }) => {
    await speak(page, lang as 'en' | 'zh-CN');
    await open(page, '/flows/demo-friendly/rehearsal');
    await page.getByRole('button', { name: say.start }).click();
    const company = page.getByRole('region', { name: say.company });
    await expect(company.getByText(say.statement)).toBeVisible({ timeout: 30_000 });
    await page.getByRole('radiogroup', { name: say.view }).getByText(say.others).click();
    await expect(page.getByRole('table').getByText(say.statement).first()).toBeVisible();
    await page.getByRole('switch', { name: say.alone }).click();
    await page.getByRole('button', { name: say.start }).click();
    await expect(page.locator('.proof')).toBeVisible({ timeout: 30_000 });
    await expect(company).toHaveCount(0);
  });

test('a parked run says why, is tried again, and skips the step that stands in the way', async ({ page }) => {
  await open(page, '/flows');
  const key = `parked-${Date.now().toString(36)}`;
  const call = {
    type: 'webhook',
    v: 1,
    cfg: { url: 'https://127.0.0.1:9/nobody' },
    // biome-ignore lint/suspicious/noThenProperty: the flow format has it, and nobody awaits a flow
    onError: { retries: 0, then: 'park' },
  };
  await publish(page, flow(key, { call, pause: rest(400) }, ['call', 'pause']));
  await expect.poll(() => runs(page, key, 'parked'), { timeout: 30_000 }).toBeGreaterThan(0);
  const { items } = await (await page.request.get(`/api/v1/runs?flow=${key}&status=parked&limit=5`)).json();
  await open(page, `/runs/view?id=${encodeURIComponent(items[0].id)}`);
  await expect(page.getByText('This run is parked')).toBeVisible();
  await shot(page, 'parked');
  await page.getByRole('button', { name: 'Retry' }).click();
  await expect(page.getByText('Retrying 1 run')).toBeVisible();
  await expect(page.getByText('This run is parked')).toBeVisible();
  await page.getByRole('button', { name: /^More actions/ }).click();
  await page.getByRole('menuitem', { name: 'Skip step' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Skip step' }).click();
  await expect(page.getByText('Skipped the step of 1 run')).toBeVisible();
  await expect(page.getByText('This run is parked')).toHaveCount(0);
  await expect(page.getByText(/waiting until/).first()).toBeVisible();
  await shot(page, 'skipped');

  // The others together, from the list of runs.
  await send(page, 'POST', `/flows/${key}/stop`, {});
  await expect.poll(() => runs(page, key, 'parked'), { timeout: 30_000 }).toBe(0);
});
