import { expect, test } from '@playwright/test';
import { expectAccessible, open, speak } from './helpers';

const words = {
  en: {
    trial: 'On sample data',
    course: 'What happens with The Harris family',
    message: 'On the due date',
    text: 'Fees due today',
    quiet: 'Nothing is sent, and nobody gets a task.',
    later: /^After the installation/,
    install: 'Install',
    next: 'Continue',
    done: /is installed$/,
    add: 'Add the sample customers',
    customer: 'The Moore family (sample)',
    board: 'Families to ask',
    boardOf: 'The Harris family (sample)',
    remove: 'Take them out',
  },
  'zh-CN': {
    trial: '用示例数据试看',
    course: '李明轩家长的经过',
    message: '缴费日提示',
    text: '今日缴费提示',
    quiet: '不发送消息，也不产生任务。',
    later: /^安装后，可把这些客户/,
    install: '安装',
    next: '继续',
    done: /已安装$/,
    add: '加入示例客户',
    customer: '陈雨桐家长（示例）',
    board: '待缴费家庭',
    boardOf: '李明轩家长（示例）',
    remove: '移出示例客户',
  },
} as const;

// One after another: both install the same pack into the same workspace.
test.describe.configure({ mode: 'serial' });

for (const lang of ['en', 'zh-CN'] as const) {
  const say = words[lang];
  test(`a pack is seen at work on sample data, before and after it is installed (${lang})`, async ({
    page,
  }) => {
    await speak(page, lang);
    await open(page, '/market/education-fees');
    const trial = page.getByRole('region', { name: say.trial });
    const course = trial.getByRole('list', { name: say.course });
    await course.getByText(say.message).click();
    await expect(course.getByText(say.text).last()).toBeVisible();
    await expect(trial.getByText(say.quiet)).toBeVisible();
    await expect(trial.getByText(say.later)).toBeVisible();
    await expectAccessible(page);

    await page.getByRole('button', { name: say.install, exact: true }).click();
    await expect(async () => {
      const next = page.getByRole('button', { name: say.next, exact: true });
      if (await next.isVisible()) await next.click();
      await page.getByRole('button', { name: say.install, exact: true }).click({ timeout: 2000 });
    }).toPass({ timeout: 20_000 });
    await expect(page.getByRole('heading', { level: 1, name: say.done })).toBeVisible();

    await open(page, '/market/education-fees');
    await trial.getByRole('button', { name: say.add }).click();
    await page.getByRole('dialog').getByRole('button', { name: say.add }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
    await trial.getByRole('link', { name: say.customer }).click();
    await expect(page.getByRole('heading', { level: 1, name: say.customer })).toBeVisible();
    await open(page, '/board/education-fees');
    await expect(page.getByRole('heading', { level: 1, name: say.board })).toBeVisible();
    const search = page.getByRole('searchbox').first();
    await search.fill(say.boardOf);
    await expect(page.getByText(say.boardOf)).toBeVisible();
    await search.fill(say.customer);
    await expect(page.getByText(say.boardOf)).toBeHidden();
    await expect(page.getByText(say.customer)).toHaveCount(0);

    await open(page, '/market/education-fees');
    await trial.getByRole('button', { name: say.remove }).click();
    await page.getByRole('dialog').getByRole('button', { name: say.remove }).click();
    await expect(trial.getByRole('button', { name: say.add })).toBeVisible();
    const left = await page.request.get(
      `/api/v1/records/customer?search=${encodeURIComponent(say.customer)}`,
    );
    expect((await left.json()).items).toEqual([]);

    await page.evaluate(async () => {
      const session = await (await fetch('/api/v1/session')).json();
      await fetch('/api/v1/packs/education-fees/uninstall', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'X-CSRF-Token': session.csrf },
        body: JSON.stringify({ dry: false, stop: true }),
      });
    });
  });
}
