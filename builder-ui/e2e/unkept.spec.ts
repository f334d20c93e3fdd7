import { expect, type Page, test } from '@playwright/test';
import { languages, open, speak, still } from './helpers';

test.use(still);

const words = {
  en: {
    lost: /this browser cannot keep your changes/,
    message: 'What you wrote is on this page only: this browser cannot keep it. Leave the page open.',
    note: 'Note for colleagues',
    more: 'More settings',
    save: 'Save',
  },
  'zh-CN': {
    lost: /本浏览器也无法暂存更改/,
    message: '您写的内容只在此页面上：本浏览器无法暂存，请不要关闭页面。',
    note: '给同事的备注',
    more: '更多设置',
    save: '保存',
  },
} as const;

/** A browser whose storage is full: it reads, and takes nothing more. */
async function fullStorage(page: Page) {
  await page.evaluate(() => {
    Storage.prototype.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
  });
}

/** What the server answers to edits: nothing. */
const cutOff = (page: Page, part: RegExp) =>
  page.route(part, (route) =>
    ['PATCH', 'PUT'].includes(route.request().method()) ? route.abort() : route.continue(),
  );

/** Whether the browser would ask before the page is left. */
const asksBeforeLeaving = (page: Page) =>
  page.evaluate(() => {
    const event = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(event);
    return event.defaultPrevented;
  });

for (const lang of languages) {
  const say = words[lang];
  test(`what a full browser cannot keep is not said to be kept (${lang})`, async ({ page }) => {
    await speak(page, lang);

    await open(page, '/flows/demo-vip');
    await cutOff(page, /\/draft/);
    expect(await asksBeforeLeaving(page)).toBe(false);
    await fullStorage(page);
    await page.locator('[data-step="mail"]').click();
    await page.getByText(say.more).click();
    await page.getByLabel(say.note).fill('on this page only');
    await expect(page.locator('[data-save="offline"]')).toContainText(say.lost, { timeout: 15_000 });
    expect(await asksBeforeLeaving(page)).toBe(true);
    if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/unkept-flow-${lang}.png` });
    page.on('dialog', (dialog) => dialog.accept());

    await open(page, '/forms/contact');
    await cutOff(page, /\/api\/v1\/forms\//);
    await fullStorage(page);
    await page.locator('[data-item^="field-"]').first().click();
    await page
      .getByRole('button', { name: lang === 'en' ? /^Move down/ : /^下移/ })
      .first()
      .click();
    await expect(page.locator('[data-save="offline"]')).toContainText(say.lost, { timeout: 15_000 });
    expect(await asksBeforeLeaving(page)).toBe(true);

    await open(page, '/messages/due-soon-friendly');
    await cutOff(page, /\/api\/v1\/templates\//);
    await fullStorage(page);
    const text = page.locator(`#body-${lang}-text`);
    await text.fill(`${await text.inputValue()}\nPS`);
    await page.getByRole('button', { name: say.save, exact: true }).click();
    await expect(page.getByText(say.message)).toBeVisible();
    expect(await asksBeforeLeaving(page)).toBe(true);
  });

  test(`what does not exist leads back, and nowhere else (${lang})`, async ({ page }) => {
    await speak(page, lang);
    const back = lang === 'en' ? 'Go back' : '返回上一页';
    const again = lang === 'en' ? 'Try again' : '重试';
    for (const [from, gone] of [
      ['/customers', '/customers/nobody'],
      ['/messages', '/messages/no-such-message'],
      ['/market', '/market/no-such-pack'],
      ['/flows', '/flows/no-such-flow'],
    ] as const) {
      await open(page, from);
      await page.evaluate((path) => {
        history.pushState({ idx: 1 }, '', path);
        dispatchEvent(new PopStateEvent('popstate', { state: history.state }));
      }, gone);
      await expect(page.getByRole('alert').getByRole('button', { name: back })).toBeVisible();
      await expect(page.getByRole('button', { name: again })).toHaveCount(0);
      await page.getByRole('alert').getByRole('button', { name: back }).click();
      await expect(page).toHaveURL(new RegExp(`${from}$`));
    }
    // Opened by its address there is no page before it.
    await page.goto('/customers/nobody');
    await page.getByRole('alert').getByRole('button', { name: back }).click();
    await expect(page).toHaveURL(/\/today$/);
  });
}
