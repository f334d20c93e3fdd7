import { expect, type Page, test } from '@playwright/test';
import {
  expectAccessible,
  type Lang,
  languages,
  open,
  settled,
  speak,
  still,
  stopsWhenPaid,
} from './helpers';

test.use(still);

const words = {
  en: {
    panel: 'Settings',
    message: 'Message',
    use: 'Use a parameter for Message',
    bound: /Parameter: Which message comes first\?/,
    own: 'Set a value here: Message',
    fresh: 'New parameter with this value',
    settings: 'Settings',
    params: /^Parameters/,
    ask: 'What is it called?',
    add: 'Add',
    remove: 'Remove Which message comes first?',
  },
  'zh-CN': {
    panel: '设置',
    message: '消息模板',
    use: '消息模板：使用参数',
    bound: /参数：第一封发哪条消息？/,
    own: '在此直接设置：消息模板',
    fresh: '用此值新建参数',
    settings: '设置',
    params: /^参数/,
    ask: '叫什么名字？',
    add: '添加',
    remove: '删除 第一封发哪条消息？',
  },
} as const;

const question = { en: 'Which message comes first?', 'zh-CN': '第一封发哪条消息？' };

async function send(page: Page, method: string, path: string, data?: unknown) {
  const session = await (await page.request.get('/api/v1/session')).json();
  const answer = await page.request.fetch(`/api/v1${path}`, {
    method,
    data,
    headers: { 'X-CSRF-Token': session.csrf },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer.json();
}

/** A flow with one parameter, which nothing uses yet. */
async function withParameter(page: Page, lang: Lang) {
  await open(page, '/today');
  const key = `params-${lang.slice(0, 2)}-${Date.now().toString(36)}`;
  const document = {
    format: 'dueflow.flow/1',
    key,
    name: { en: 'Shared values', 'zh-CN': '共用的值' },
    subject: { form: 'invoice', keyBy: 'invoice.id', reentry: 'once' },
    stopWhen: stopsWhenPaid,
    params: { first: { type: 'template', name: question, default: 'due-soon-friendly' } },
    nodes: {
      start: { type: 'trigger.date', v: 1, cfg: { field: 'invoice.dueDate', at: '09:00' } },
      mail: { type: 'send', v: 1, cfg: { channel: 'email', template: 'overdue-friendly' } },
      rest: { type: 'wait', v: 1, cfg: { for: { value: 3, unit: 'day' } } },
      end: { type: 'end', v: 1, cfg: {} },
    },
    edges: [
      { from: 'start', to: 'mail' },
      { from: 'mail', to: 'rest' },
      { from: 'rest', to: 'end' },
    ],
  };
  await send(page, 'PUT', `/flows/${key}`, { document });
  return key;
}

for (const lang of languages)
  test(`a setting takes its value from a parameter, by mouse and by keyboard (${lang})`, async ({ page }) => {
    const say = words[lang];
    await speak(page, lang);
    const key = await withParameter(page, lang);
    const draft = async () => (await (await page.request.get(`/api/v1/flows/${key}/draft`)).json()).document;
    const stored = (check: (doc: Awaited<ReturnType<typeof draft>>) => unknown) =>
      expect.poll(async () => check(await draft()));
    await open(page, `/flows/${key}`);
    await page.locator('[data-step="mail"]').click();
    const panel = page.getByRole('complementary', { name: say.panel });

    // By mouse: the menu says what each parameter is called and what it holds.
    await panel.getByRole('button', { name: say.use }).click();
    const offered = page.getByRole('menuitem', { name: question[lang] });
    await expect(offered).toBeVisible();
    await expect(offered).toContainText(/./);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/params-menu-${lang}.png` });
    await offered.click();
    const bound = panel.getByRole('group', { name: say.message, exact: true });
    await expect(bound).toContainText(say.bound);
    await expect(bound.getByRole('button', { name: say.own })).toBeFocused();
    await stored(({ nodes }) => nodes.mail.cfg.template).toEqual({ $param: 'first' });
    await settled(page);
    await expectAccessible(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/params-${lang}.png` });

    // Back to a value of its own, which is the one the parameter held.
    await page.keyboard.press('Enter');
    await expect(panel.getByRole('button', { name: say.use })).toBeFocused();
    await stored(({ nodes }) => nodes.mail.cfg.template).toBe('due-soon-friendly');

    // By keyboard alone.
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menuitem', { name: question[lang] })).toBeFocused();
    await page.keyboard.press('Enter');
    await stored(({ nodes }) => nodes.mail.cfg.template).toEqual({ $param: 'first' });

    // A value that stands at a step becomes a parameter.
    await page.locator('[data-step="rest"]').click();
    await panel.locator('.param-offer').first().click();
    await page.getByRole('menuitem', { name: say.fresh }).click();
    await stored(({ nodes, params }) => [nodes.rest.cfg.for, params.param1?.default]).toEqual([
      { $param: 'param1' },
      { value: 3, unit: 'day' },
    ]);

    // A parameter that is taken away leaves its value with the steps that had it.
    await page.getByRole('button', { name: say.settings, exact: true }).click();
    await panel.getByText(say.params).click();
    await panel.getByRole('button', { name: say.remove }).click();
    await stored(({ nodes, params }) => [nodes.mail.cfg.template, Object.keys(params ?? {})]).toEqual([
      'due-soon-friendly',
      ['param1'],
    ]);
    // A new one needs a name only.
    await panel.getByRole('textbox', { name: say.ask }).fill(question[lang]);
    await panel.getByRole('button', { name: new RegExp(`${say.add}$`) }).click();
    await stored(({ params }) => Object.keys(params).sort()).toEqual(['param1', 'param2']);
  });
