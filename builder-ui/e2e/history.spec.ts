import { expect, test } from '@playwright/test';
import { expectAccessible, open, speak } from './helpers';

const words = {
  en: {
    more: 'More',
    history: 'History',
    take: 'Take these words',
    save: 'Save',
    saved: 'Saved',
    none: 'Nothing was changed yet',
  },
  'zh-CN': {
    more: '更多',
    history: '修改历史',
    take: '使用这一版内容',
    save: '保存',
    saved: '已保存',
    none: '还没有修改',
  },
};

for (const [lang, template] of [
  ['en', 'due-soon-friendly'],
  ['zh-CN', 'statement'],
] as const)
  test(`a message's history says what was changed by whom, and old words are taken again (${lang})`, async ({
    page,
  }) => {
    const say = words[lang];
    await speak(page, lang);
    await page.emulateMedia({ colorScheme: lang === 'en' ? 'light' : 'dark' });
    await open(page, `/messages/${template}`);
    const history = async () => {
      await page.getByRole('button', { name: say.more, exact: true }).click();
      await page.getByRole('menuitem', { name: say.history }).click();
      return page.getByRole('dialog', { name: say.history });
    };
    const empty = await history();
    await expect(empty.getByText(say.none)).toBeVisible();
    await page.keyboard.press('Escape');

    const text = page.locator(`#body-${lang}-text`);
    const first = await text.inputValue();
    const write = async (value: string) => {
      await text.fill(value);
      await page.getByRole('button', { name: say.save, exact: true }).click();
      await expect(page.getByText(say.saved, { exact: true }).first()).toBeVisible();
      await expect(page.getByText(say.saved, { exact: true })).toHaveCount(0);
    };
    await write(`${first}\nPS 1`);
    await write(`${first}\nPS 2`);
    const drawer = await history();
    await expect(drawer.getByRole('listitem')).toHaveCount(2);
    await expect(drawer.locator('ins').first()).toContainText('PS 2');
    await expect(drawer.locator('del').first()).toContainText('PS 1');
    await expectAccessible(page);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/history-${lang}.png` });
    await drawer.getByRole('button', { name: say.take }).click();
    await expect(drawer).toBeHidden();
    await expect(text).toHaveValue(`${first}\nPS 1`);
  });
