import { expect, type Page, test } from '@playwright/test';
import { open, settled, speak } from './helpers';

const words = {
  en: {
    pack: 'Gentle three steps',
    search: 'Search packs',
    install: 'Install',
    days: 'Days before the due date for the first note',
    next: 'Continue',
    draft: 'Lands as a draft; nothing is sent until you publish.',
    done: /Gentle three steps 1\.\d+\.\d+ is installed/,
    look: 'Look at the flow: Gentle three steps',
    range: 'Between 1 and 30',
    installed: 'Installed: ',
    uninstall: 'Uninstall: Gentle three steps',
    confirm: 'Uninstall',
    gone: 'Gentle three steps is uninstalled',
  },
  'zh-CN': {
    pack: '温和三步',
    search: '搜索模板包',
    install: '安装',
    days: '首条提示提前几天',
    next: '继续',
    draft: '安装后是草稿；在您发布之前不会发送任何消息。',
    done: /“温和三步”1\.\d+\.\d+ 已安装/,
    look: '查看流程：温和三步',
    range: '请输入 1 到 30 之间的数',
    installed: '已安装 ',
    uninstall: '卸载：温和三步',
    confirm: '卸载',
    gone: '“温和三步”已卸载',
  },
} as const;

/** The draft that the pack left behind, as the server holds it. */
async function draft(page: Page) {
  const answer = await page.request.get('/api/v1/flows/gentle-three-steps');
  return { status: answer.status(), text: answer.ok() ? await answer.text() : '' };
}

// One after another: both install the same pack into the same workspace.
test.describe.configure({ mode: 'serial' });

for (const lang of ['en', 'zh-CN'] as const) {
  const say = words[lang];
  test(`a pack is found, asked about, installed as a draft and taken out again (${lang})`, async ({
    page,
  }) => {
    await speak(page, lang);
    await open(page, '/market');
    await page.getByRole('searchbox', { name: say.search }).fill(say.pack);
    await expect(page.getByRole('main').getByRole('heading', { level: 2 })).toHaveCount(1);
    await page.getByRole('link', { name: say.pack, exact: true }).click();
    await page.getByRole('button', { name: say.install, exact: true }).click();

    // An answer out of bounds is refused at its place; a good one goes into the flow.
    const days = page.getByRole('spinbutton', { name: say.days });
    await days.fill('31');
    await expect(page.getByText(say.range)).toBeVisible();
    await expect(page.getByRole('button', { name: say.next })).toBeDisabled();
    await days.fill('6');
    await page.getByRole('button', { name: say.next }).click();
    await expect(page.getByText(say.draft)).toBeVisible();
    await page.getByRole('main').getByRole('button', { name: say.install, exact: true }).click();
    await expect(page.getByRole('heading', { level: 1, name: say.done })).toBeVisible();

    await page.getByRole('link', { name: say.look }).click();
    await settled(page);
    await expect(page.getByRole('heading', { level: 1, name: say.pack })).toBeVisible();
    const { text } = await draft(page);
    expect(text).toContain('-6');
    expect(text).toContain('"status":"draft"');

    await open(page, '/market/gentle-three-steps');
    await expect(page.getByText(say.installed)).toBeVisible();
    await open(page, '/market?tab=installed');
    await page.getByRole('button', { name: say.uninstall }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('listitem').first()).toBeVisible();
    await dialog.getByRole('button', { name: say.confirm, exact: true }).click();
    await expect(page.getByText(say.gone)).toBeVisible();
    expect((await draft(page)).status).toBe(404);
  });
}
