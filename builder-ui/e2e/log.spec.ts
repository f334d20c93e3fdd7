import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, open, settled, shot, speak, still } from './helpers';

test.use(still);

const words = {
  en: {
    age: 'Oldest bank data, in hours',
    save: 'Save',
    saved: 'Saved',
    log: 'Log',
    kind: 'Kind',
    who: 'Who',
    rules: 'Contact rules',
    changed: 'Changed the contact rules',
    created: (name: string) => `Created the key “${name}”`,
    message: /^Changed the message “.*”$/,
    compared: 'the last one about the same thing',
    before: 'Before',
    after: 'After',
    check: 'Check the log',
    whole: 'The log is whole',
    noMatch: 'Nothing matches',
    clear: 'Clear filters',
    to: 'To day',
    settings: 'Settings sections',
  },
  'zh-CN': {
    age: '银行数据最长时效（小时）',
    save: '保存',
    saved: '已保存',
    log: '操作日志',
    kind: '对象类型',
    who: '操作人',
    rules: '触达规则',
    changed: '修改了触达规则',
    created: (name: string) => `创建了密钥“${name}”`,
    message: /^修改了消息模板“.*”$/,
    compared: '同一对象的上一条',
    before: '之前',
    after: '之后',
    check: '检查日志',
    whole: '日志完整',
    noMatch: '没有符合条件的记录',
    clear: '清除筛选',
    to: '截止日期',
    settings: '设置',
  },
} satisfies Record<Lang, Record<string, unknown>>;

/** The rows of what changed, as path, before and after. */
const sides = (page: Page, path: string) =>
  page
    .getByRole('dialog')
    .getByRole('listitem')
    .filter({ has: page.getByText(path, { exact: true }) });

for (const lang of languages)
  test(`who changed what, from what to what (${lang})`, async ({ page }) => {
    const say = words[lang];
    const mark = `TT ${lang} ${Date.now()}`;
    await speak(page, lang);
    await open(page, '/settings/contact');
    const { csrf, user } = await (await page.request.get('/api/v1/session')).json();
    const send = async (method: 'put' | 'post', path: string, data: unknown, version?: number) => {
      const answer = await page.request[method](`/api/v1${path}`, {
        headers: { 'X-CSRF-Token': csrf, ...(version && { 'If-Match': `"${version}"` }) },
        data,
      });
      expect(answer.ok(), await answer.text()).toBe(true);
      return answer.json();
    };
    const { rules } = await (await page.request.get('/api/v1/contact-rules')).json();
    const was = rules.maxDataAgeHours;
    const is = was === 91 ? 92 : 91;

    // Somebody changes a rule in the settings.
    await page.getByRole('spinbutton', { name: say.age }).fill(String(is));
    await page.getByRole('button', { name: say.save, exact: true }).click();
    await expect(page.getByText(say.saved, { exact: true })).toBeVisible();
    await send('post', '/keys', { name: mark, role: 'auditor' });

    // The log says it, newest first, and finds it again.
    await page.getByRole('link', { name: say.log, exact: true }).click();
    await settled(page);
    await expect(page.getByRole('row').nth(1)).toContainText(say.created(mark));
    await expect(page.getByRole('row').nth(2)).toContainText(say.changed);
    await expect(page.getByRole('row').nth(2)).toContainText(user.name);
    await expectAccessible(page);
    await shot(page, `log-${lang}`);
    await page.getByRole('combobox', { name: say.kind }).click();
    await page.locator('.ant-select-item').getByText(say.rules, { exact: true }).click();
    await expect(page).toHaveURL(/object=contactRules/);
    await expect(page.getByRole('row').nth(1)).toContainText(say.changed);
    await expect(page.getByText(say.created(mark))).toHaveCount(0);

    // From the keyboard: what it was and what it is.
    await page.getByRole('row').nth(1).locator('[data-row-link]').press('Enter');
    const drawer = page.getByRole('dialog');
    await expect(drawer).toContainText(user.name);
    const age = sides(page, 'maxDataAgeHours');
    await expect(age).toContainText(was ? `${say.before}${was}` : say.before);
    await expect(age).toContainText(`${say.after}${is}`);
    await expect(drawer.getByRole('listitem')).toHaveCount(1);
    await expect(drawer).toContainText(/[0-9a-f]{64}/);
    await settled(page);
    await expectAccessible(page);
    await shot(page, `log-entry-${lang}`);
    await page.setViewportSize({ width: 390, height: 844 });
    await settled(page);
    await expect.poll(async () => Math.round((await age.boundingBox())?.x ?? -1)).toBeGreaterThan(0);
    await shot(page, `log-entry-phone-${lang}`);
    await page.keyboard.press('Escape');
    await expect(drawer).toBeHidden();
    await expect(page).toHaveURL(/object=contactRules/);
    await shot(page, `log-phone-${lang}`);
    await page.setViewportSize({ width: 1280, height: 800 });

    // Days before there was a log hold nothing, and there is a way back.
    await page.getByRole('textbox', { name: say.to }).fill('2020-01-01');
    await page.keyboard.press('Enter');
    await expect(page.getByText(say.noMatch).first()).toBeVisible();
    await page.getByRole('button', { name: say.clear }).click();
    await expect(page).not.toHaveURL(/to=|object=/);
    await expect(page.getByText(say.created(mark))).toBeVisible();

    await page.getByRole('button', { name: say.check }).click();
    await expect(page.getByText(say.whole)).toBeVisible();
    await shot(page, `log-checked-${lang}`);
    await expectAccessible(page);

    // Of a message the log keeps each wording: one is told from the other.
    const path = '/templates/overdue-friendly';
    const { name, tone, variant, version } = await (await page.request.get(`/api/v1${path}`)).json();
    const template = { name, tone, variant };
    const first = await send('put', path, template, version || undefined);
    const long = `${variant.en.text} ${mark} ${'and so on '.repeat(40)}`;
    const changed = { ...template, variant: { ...variant, en: { ...variant.en, text: long } } };
    const second = await send('put', path, changed, first.version);
    await send('put', path, template, second.version);
    await open(page, `/settings/log?object=template&actor=${user.id}`);
    await page.getByRole('row').nth(2).getByText(say.message).click();
    await expect(drawer).toContainText(say.compared);
    const text = sides(page, 'variant.en.text');
    await expect(text).toHaveCount(1);
    await expect(drawer.getByRole('listitem')).toHaveCount(1);
    await text.locator('summary').last().click();
    await expect(text.locator('pre').last()).toContainText(mark);
    await shot(page, `log-long-${lang}`);
    await expectAccessible(page);

    const now = await (await page.request.get('/api/v1/contact-rules')).json();
    await send('put', '/contact-rules', { ...now.rules, maxDataAgeHours: was }, now.version);
  });

test('only those who may read the log see that there is one', async ({ page }) => {
  const entered = await page.request.post('/api/v1/session/demo', { data: { email: 'mara@demo.example' } });
  expect(entered.ok()).toBe(true);
  await speak(page, 'en');
  await open(page, '/settings/workspace');
  await expect(page.getByRole('link', { name: 'Contact rules', exact: true })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Log', exact: true })).toHaveCount(0);
  await open(page, '/settings/log');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('table')).toHaveCount(0);
});
