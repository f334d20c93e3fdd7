import { type Browser, type BrowserContext, expect, type Page, test } from '@playwright/test';
import { type Lang, languages, open, speak, stopsWhenPaid } from './helpers';

type Units = Record<string, unknown>;
type Designer = {
  getState: () => {
    sync: { local: Units; server: Units; conflicts: unknown[]; sending?: unknown };
    set: (unit: string, value: unknown) => void;
    save: { kind: string };
  };
};

const designer = (page: Page) =>
  page.evaluate(
    () => (window as unknown as { dueflowDesigner: Designer }).dueflowDesigner.getState().sync.local,
  );

async function enter(
  browser: Browser,
  user: number,
  lang: Lang = 'en',
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext();
  const page = await context.newPage();
  // Asks the designer to let the test look into it.
  await page.addInitScript(() => Object.assign(window, { dueflowTest: true }));
  await speak(page, lang);
  const setup = await (await page.request.get('/api/v1/setup')).json();
  const { email } = setup.demo.users[user];
  const session = await page.request.post('/api/v1/session/demo', { data: { email } });
  expect(session.ok()).toBe(true);
  return { context, page };
}

/** Two people who may edit; the demo's users differ in rights. */
async function editors(browser: Browser, lang: Lang = 'en') {
  const found: { context: BrowserContext; page: Page }[] = [];
  const setup = await (await (await browser.newContext()).request.get('/api/v1/setup')).json();
  for (let user = 0; user < setup.demo.users.length && found.length < 2; user++) {
    const entered = await enter(browser, user, lang);
    const me = await (await entered.page.request.get('/api/v1/session')).json();
    if (me.can?.['flow.write']) found.push(entered);
    else await entered.context.close();
  }
  // With one such person only, two of their tabs must get along all the same.
  if (found.length < 2) found.push(await enter(browser, 0));
  return found as [{ context: BrowserContext; page: Page }, { context: BrowserContext; page: Page }];
}

async function copyFlow(page: Page, name: string): Promise<string> {
  const session = await (await page.request.get('/api/v1/session')).json();
  const answer = await page.request.post('/api/v1/flows', {
    data: { from: 'demo-vip', key: `both-${Date.now().toString(36)}`, name: { en: name, 'zh-CN': name } },
    headers: { 'X-CSRF-Token': session.csrf },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return (await answer.json()).key;
}

const settle = (page: Page) => expect(page.locator('[data-save="saved"]')).toBeVisible({ timeout: 60_000 });

test('two people edit one flow at once, and no edit is lost', async ({ browser }) => {
  test.setTimeout(240_000);
  const [a, b] = await editors(browser);
  const key = await copyFlow(a.page, 'Edited by two');
  await Promise.all([open(a.page, `/flows/${key}`), open(b.page, `/flows/${key}`)]);
  for (const { page } of [a, b]) await expect(page.locator('[data-step]')).toHaveCount(10);

  // They see each other.
  await expect(a.page.getByRole('img', { name: /Also here/ })).toBeVisible();

  // 200 random edits: each one's own steps, new steps, texts and settings, in any order and at any pace.
  const edit = (page: Page, who: string, at: number, dice: number) =>
    page.evaluate(
      ([name, number, roll]) => {
        const { set, sync } = (window as unknown as { dueflowDesigner: Designer }).dueflowDesigner.getState();
        const own = name === 'a' ? ['call', 'mail', 'tell'] : ['again', 'wait5', 'giveTime'];
        const id = own[(roll as number) % 3] as string;
        const node = sync.local[`nodes/${id}`] as object;
        if ((roll as number) % 5 === 4)
          set(`nodes/${name}-${number}`, {
            type: 'wait',
            v: 1,
            cfg: { for: { value: number, unit: 'day' } },
          });
        else if ((roll as number) % 5 === 3)
          set(`params/${name}${number}`, { type: 'number', default: number });
        else set(`nodes/${id}`, { ...node, note: `${name} ${number}` });
        return {
          unit:
            (roll as number) % 5 === 4
              ? `nodes/${name}-${number}`
              : (roll as number) % 5 === 3
                ? `params/${name}${number}`
                : '',
        };
      },
      [who, at, dice] as const,
    );
  const made: string[] = [];
  let seed = 11;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 9) % below;
  };
  const last: Record<string, number> = {};
  for (let at = 0; at < 200; at++) {
    const who = random(2) ? 'a' : 'b';
    const { unit } = await edit(who === 'a' ? a.page : b.page, who, at, random(1000));
    if (unit) made.push(unit);
    last[who] = at;
    if (random(6) === 0) await a.page.waitForTimeout(random(260));
  }
  await settle(a.page);
  await settle(b.page);
  // What the other one stored last arrives by the socket.
  await expect
    .poll(
      async () =>
        JSON.stringify(sorted(await designer(a.page))) === JSON.stringify(sorted(await designer(b.page))),
      { timeout: 20_000 },
    )
    .toBe(true);
  const local = sorted(await designer(a.page));
  for (const unit of made) expect(local, unit).toHaveProperty([unit]);
  const answer = await (await a.page.request.get(`/api/v1/flows/${key}/draft`)).json();
  for (const [id, node] of Object.entries(answer.document.nodes)) expect(local[`nodes/${id}`]).toEqual(node);
  expect(Object.keys(local).filter((unit) => unit.startsWith('nodes/')).length).toBe(
    Object.keys(answer.document.nodes).length,
  );
  await a.context.close();
  await b.context.close();
});

const sorted = (units: Units): Units =>
  Object.fromEntries(Object.entries(units).sort(([x], [y]) => (x < y ? -1 : 1)));

test('edits made offline are kept, also over a closed tab, and stored later', async ({ browser }) => {
  test.setTimeout(90_000);
  const { context, page } = await enter(browser, 0);
  const key = await copyFlow(page, 'Edited offline');
  await open(page, `/flows/${key}`);
  await page.locator('[data-step="mail"]').click();
  const note = async (target: Page, text: string) => {
    const panel = target.getByRole('complementary', { name: 'Settings' });
    await panel.getByText('More settings').click();
    await panel.getByLabel('Note for colleagues').fill(text);
  };
  await page.route('**/draft*', (route) =>
    route.request().method() === 'PATCH' ? route.abort() : route.continue(),
  );
  await note(page, 'written in a tunnel');
  await expect(page.locator('[data-save="offline"]')).toBeVisible();
  await page.close();

  const again = await context.newPage();
  await speak(again, 'en');
  await open(again, `/flows/${key}`);
  await settle(again);
  await expect
    .poll(
      async () =>
        (await (await again.request.get(`/api/v1/flows/${key}/draft`)).json()).document.nodes.mail.note,
    )
    .toBe('written in a tunnel');
  await context.close();
});

test('the same step changed by both asks whose stays', async ({ browser }) => {
  test.setTimeout(90_000);
  const [a, b] = await editors(browser);
  const sameUser =
    (await (await a.page.request.get('/api/v1/session')).json()).user.id ===
    (await (await b.page.request.get('/api/v1/session')).json()).user.id;
  test.skip(sameUser, 'the demo has only one person who may edit');
  const key = await copyFlow(a.page, 'Both want it');
  await open(a.page, `/flows/${key}`);
  await open(b.page, `/flows/${key}`);
  await expect(b.page.locator('[data-step]')).toHaveCount(10);
  const write = (page: Page, text: string) =>
    page.evaluate((words) => {
      const { set, sync } = (window as unknown as { dueflowDesigner: Designer }).dueflowDesigner.getState();
      set('nodes/mail', { ...(sync.local['nodes/mail'] as object), note: words });
    }, text);
  await Promise.all([write(a.page, 'mine'), write(b.page, 'theirs')]);
  const asked = await Promise.race(
    [a, b].map(async (one) => {
      await one.page
        .getByRole('dialog', { name: 'Somebody changed the same thing' })
        .waitFor({ timeout: 20_000 });
      return one;
    }),
  );
  await asked.page.getByRole('button', { name: /^Keep mine/ }).click();
  await settle(asked.page);
  const kept = asked === a ? 'mine' : 'theirs';
  await expect
    .poll(
      async () =>
        (await (await a.page.request.get(`/api/v1/flows/${key}/draft`)).json()).document.nodes.mail.note,
    )
    .toBe(kept);
  await a.context.close();
  await b.context.close();
});

/** What the conflict dialog says of a note, a step's name and the flow's settings, and what stands in the draft. */
const quarrels = {
  en: {
    dialog: 'Somebody changed the same thing',
    names: ['The note “Ask the bank first”', 'Friendly message', 'The flow’s settings'],
    words: [
      'Note',
      'Name on the canvas',
      'Kind mail',
      'Friendly message',
      'Send window',
      '10:00–16:00',
      'every day',
    ],
    also: ['Note for colleagues', 'Only once', 'Priority', 'High', 'Low', 'on working days'],
    keep: 'Keep mine',
  },
  'zh-CN': {
    dialog: '有人改了同一处内容',
    names: ['便签“Ask the bank first”', '友好消息', '流程设置'],
    words: ['便签', '画布上的名称', '温和邮件', '10:00–16:00 每天'],
    also: ['给同事的备注', '优先级', '高', '工作日'],
    keep: '保留我的',
  },
} as const;

for (const lang of languages)
  test(`what both changed is told in people’s words, in ${lang}`, async ({ browser }) => {
    test.setTimeout(90_000);
    const [a, b] = await editors(browser, lang);
    const key = await copyFlow(a.page, 'In words');
    for (const { page } of [a, b]) {
      await open(page, `/flows/${key}`);
      await expect(page.locator('[data-step]')).toHaveCount(10);
    }
    const write = (page: Page, who: 'mine' | 'theirs') =>
      page.evaluate((side) => {
        const { set, sync } = (window as unknown as { dueflowDesigner: Designer }).dueflowDesigner.getState();
        const mine = side === 'mine';
        const node = sync.local['nodes/mail'] as object;
        const text = mine ? 'Ask the bank first' : 'No need to ask';
        set('notes/n1', { id: 'n1', x: mine ? 10 : 40, y: 0, text, w: 200, h: 120 });
        set('nodes/mail', {
          ...node,
          ...(mine ? { note: 'Only once' } : { label: { en: 'Kind mail', 'zh-CN': '温和邮件' } }),
        });
        set('settings', {
          ...(sync.local.settings as object),
          window: mine
            ? { from: '10:00', to: '16:00', days: 'every' }
            : { from: '08:00', to: '12:00', days: 'working' },
          priority: mine ? 'high' : 'low',
        });
      }, who);
    // One is cut off while the other writes and is saved: so it is the one who is asked.
    await b.page.route('**/draft*', (route) => route.abort());
    await write(a.page, 'theirs');
    await settle(a.page);
    await write(b.page, 'mine');
    await b.page.unroute('**/draft*');
    const said = quarrels[lang];
    const dialog = b.page.getByRole('dialog', { name: said.dialog });
    await expect(dialog).toBeVisible({ timeout: 30_000 });
    if (process.env.SHOTS) await b.page.screenshot({ path: `${process.env.SHOTS}/conflict-${lang}.png` });
    for (const name of said.names)
      await expect(dialog.getByRole('heading', { name, exact: true })).toBeVisible();
    for (const word of [...said.words, ...said.also]) await expect(dialog).toContainText(word);
    // Nothing of how the draft is kept.
    await expect(dialog).not.toContainText(/nodes|notes|n1|label|priority|\{|\[/);
    for (const name of said.names)
      await dialog.getByRole('button', { name: new RegExp(`^${said.keep}.*${name}`) }).click();
    await expect(dialog).toBeHidden();
    await settle(b.page);
    const { document } = await (await b.page.request.get(`/api/v1/flows/${key}/draft`)).json();
    expect(document.settings.priority).toBe('high');
    expect(document.layout.notes[0].text).toBe('Ask the bank first');
    await a.context.close();
    await b.context.close();
  });

/** What the dialog says of a goal, a condition and a parameter that both changed. */
const judged = {
  en: {
    dialog: 'Somebody changed the same thing',
    goal: 'Goal or exit “Paid”',
    condition: 'Which size',
    parameter: 'The parameter “First message”',
    words: [
      'What it means',
      'Goal reached',
      'Leave the flow',
      'open amount',
      'Tier',
      'First message',
      'Ways',
    ],
    keep: 'Keep mine',
    take: 'Take theirs',
  },
  'zh-CN': {
    dialog: '有人改了同一处内容',
    goal: '目标或退出“已付清”',
    condition: '金额分档',
    parameter: '参数“第一条消息”',
    words: ['结果', '达成目标', '退出流程', '未收余额', '等级', '第一条消息', '分支'],
    keep: '保留我的',
    take: '采用对方的',
  },
} as const;

/** A flow that decides by a condition, ends at a goal and has a parameter. */
async function judgingFlow(page: Page, lang: Lang): Promise<string> {
  const key = `judged-${lang.slice(0, 2)}-${Date.now().toString(36)}`;
  const document = {
    format: 'dueflow.flow/1',
    key,
    name: { en: 'Judged by two', 'zh-CN': '两人同改' },
    subject: { form: 'invoice', keyBy: 'invoice.id', reentry: 'once' },
    stopWhen: stopsWhenPaid,
    params: {
      first: {
        type: 'template',
        name: { en: 'First message', 'zh-CN': '第一条消息' },
        default: 'due-soon-friendly',
      },
    },
    nodes: {
      start: { type: 'trigger.date', v: 1, cfg: { field: 'invoice.dueDate', at: '09:00' } },
      which: {
        type: 'branch',
        v: 1,
        label: { en: 'Which size', 'zh-CN': '金额分档' },
        cfg: { cases: [{ port: 'big', when: { field: 'invoice.open', op: 'gte', value: 500000 } }] },
      },
      mail: { type: 'send', v: 1, cfg: { channel: 'email', template: { $param: 'first' } } },
      end: { type: 'end', v: 1, cfg: {} },
    },
    edges: [
      { from: 'start', to: 'which' },
      { from: 'which', port: 'big', to: 'mail' },
      { from: 'which', port: 'else', to: 'end' },
      { from: 'mail', to: 'end' },
    ],
  };
  const session = await (await page.request.get('/api/v1/session')).json();
  const answer = await page.request.put(`/api/v1/flows/${key}`, {
    data: { document },
    headers: { 'X-CSRF-Token': session.csrf },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return key;
}

for (const lang of languages)
  test(`a goal, a condition and a parameter that both changed are each decided, in ${lang}`, async ({
    browser,
  }) => {
    test.setTimeout(90_000);
    const [a, b] = await editors(browser, lang);
    const key = await judgingFlow(a.page, lang);
    for (const { page } of [a, b]) {
      await open(page, `/flows/${key}`);
      await expect(page.locator('[data-step]')).toHaveCount(4);
    }
    const write = (page: Page, side: 'mine' | 'theirs') =>
      page.evaluate((who) => {
        const { set, sync } = (window as unknown as { dueflowDesigner: Designer }).dueflowDesigner.getState();
        const mine = who === 'mine';
        const unit = (name: string, change: object) =>
          set(name, { ...(sync.local[name] as object), ...change });
        const open = { field: 'invoice.open', op: 'gte', value: 2_000_000 };
        const tier = { field: 'customer.tier', op: 'eq', value: 'A' };
        unit('stops/paid', mine ? { outcome: 'exit' } : { on: ['payment.recorded', 'invoice.changed'] });
        unit('nodes/which', { cfg: { cases: [{ port: 'big', when: mine ? open : tier }] } });
        unit('params/first', { default: mine ? 'overdue-friendly' : 'statement' });
      }, side);
    await b.page.route('**/draft*', (route) => route.abort());
    await write(a.page, 'theirs');
    await settle(a.page);
    await write(b.page, 'mine');
    await b.page.unroute('**/draft*');

    const say = judged[lang];
    const dialog = b.page.getByRole('dialog', { name: say.dialog });
    await expect(dialog).toBeVisible({ timeout: 30_000 });
    if (process.env.SHOTS) await b.page.screenshot({ path: `${process.env.SHOTS}/judged-${lang}.png` });
    for (const name of [say.goal, say.condition, say.parameter])
      await expect(dialog.getByRole('heading', { name, exact: true })).toBeVisible();
    for (const word of say.words) await expect(dialog).toContainText(word);
    // Nothing of how the draft is kept.
    await expect(dialog).not.toContainText(/stops|nodes|params|invoice\.|customer\.|overdue-|gte|\{|\[/);

    const decide = (how: string, name: string) =>
      dialog.getByRole('button', { name: new RegExp(`^${how}.*${name}`) }).click();
    await decide(say.keep, say.goal);
    await decide(say.take, say.condition);
    await decide(say.keep, say.parameter);
    await expect(dialog).toBeHidden();
    await settle(b.page);
    const { document } = await (await b.page.request.get(`/api/v1/flows/${key}/draft`)).json();
    expect(document.stopWhen[0].outcome).toBe('exit');
    expect(document.stopWhen[0].on).toEqual(['payment.recorded']);
    expect(document.nodes.which.cfg.cases[0].when.field).toBe('customer.tier');
    expect(document.params.first.default).toBe('overdue-friendly');
    // What was decided is what the other one sees, too.
    await expect
      .poll(async () => (await designer(a.page))['stops/paid'])
      .toMatchObject({ outcome: 'exit', on: ['payment.recorded'] });
    await a.context.close();
    await b.context.close();
  });
