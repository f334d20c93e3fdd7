import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { languages, open, speak } from './helpers';
import { type Lasting, lastingServer } from './servers';
import { wordsOf } from './words';

const binary = process.env.DUEFLOW_BINARY;
const shots = process.env.SHOTS;

/** The server is killed while somebody edits, and comes back: nothing is lost, and nothing has to be done about it. */
test.describe('a server that dies in mid-edit', () => {
  test.skip(!binary, 'DUEFLOW_BINARY is not set: say which server to start');
  let server: Lasting;
  test.beforeAll(async () => {
    server = await lastingServer(binary ?? '');
  });
  test.afterAll(() => server?.stop());

  for (const lang of languages) {
    const say = wordsOf(lang);
    const look = async (page: Page, name: string) => {
      if (shots) await page.screenshot({ path: `${shots}/restart-${name}-${lang}.png` });
    };
    const enter = async (context: BrowserContext): Promise<Page> => {
      const page = await context.newPage();
      await speak(page, lang);
      await open(page, `${server.url}/flows`);
      return page;
    };
    const csrf = async (page: Page) =>
      (await (await page.request.get(`${server.url}/api/v1/session`)).json()).csrf as string;

    test(`a flow, in ${lang}`, async ({ browser }) => {
      test.setTimeout(180_000);
      const page = await enter(await browser.newContext());
      const key = `killed-${lang.toLowerCase()}-${Date.now().toString(36)}`;
      const made = await page.request.post(`${server.url}/api/v1/flows`, {
        data: { from: 'demo-vip', key, name: { en: 'Killed', 'zh-CN': '中断' } },
        headers: { 'X-CSRF-Token': await csrf(page) },
      });
      expect(made.ok(), await made.text()).toBe(true);
      await open(page, `${server.url}/flows/${key}`);
      await expect(page.locator('[data-step]')).toHaveCount(10);
      const panel = page.getByRole('complementary', { name: say('designer.panel'), exact: true });
      const note = async (step: string, text: string) => {
        await page.locator(`[data-step="${step}"]`).click();
        await expect(panel.locator('details[open]')).toHaveCount(0); // another step's panel
        await panel.getByText(say('designer.more')).click();
        await panel.getByLabel(say('designer.note')).fill(text);
      };
      const save = (kind: string) => page.locator(`[data-save="${kind}"]`);
      await page.waitForTimeout(3000); // what people open is fetched by then

      // In mid-edit: the request is on its way when the server goes.
      await note('mail', 'before');
      await server.kill();
      await expect(save('offline')).toBeVisible();
      await expect(save('offline')).toHaveText(say('designer.save.offline'));

      // A second step, and a third by keyboard alone, while nobody answers.
      await note('call', 'while it was away');
      await look(page, 'flow-away');
      await page.keyboard.press('Escape');
      await expect(page.locator('[data-step="call"]')).toBeFocused();
      await page.keyboard.press('Insert');
      const menu = page.getByRole('dialog', { name: say('designer.next') });
      await expect(menu.getByRole('combobox')).toBeFocused();
      await menu.locator('[role=option][data-type="wait"]').click();
      await expect(page.locator('[data-step]')).toHaveCount(11);
      await page.keyboard.press('Enter');
      await expect(panel.locator(':focus')).toBeVisible();
      await page.keyboard.press('Escape');
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: say('designer.keys') })).toBeVisible();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+z');
      await expect(page.locator('[data-step]')).toHaveCount(10);
      await page.keyboard.press('Control+y');
      await expect(page.locator('[data-step]')).toHaveCount(11);
      await expect(save('saved')).toHaveCount(0);

      await server.start();
      await expect(save('saved')).toBeVisible({ timeout: 40_000 });
      const draft = async () =>
        (await (await page.request.get(`${server.url}/api/v1/flows/${key}/draft`)).json()).document;
      const { nodes } = await draft();
      expect(nodes.mail.note).toBe('before');
      expect(nodes.call.note).toBe('while it was away');
      expect(Object.keys(nodes)).toHaveLength(11);

      await page.reload();
      await expect(page.locator('[data-step]')).toHaveCount(11);
      await page.locator('[data-step="call"]').click();
      await panel.getByText(say('designer.more')).click();
      await expect(panel.getByLabel(say('designer.note'))).toHaveValue('while it was away');
      await expect(save('saved')).toBeVisible();
      await look(page, 'flow-back');
      await page.context().close();
    });

    test(`a form, in ${lang}`, async ({ browser }) => {
      test.setTimeout(180_000);
      const page = await enter(await browser.newContext());
      await open(page, `${server.url}/forms/customer`);
      const tile = (kind: string) =>
        page
          .getByRole('complementary', { name: say('forms.palette') })
          .getByRole('button', { name: say(`forms.kind.${kind}`), exact: true });
      const save = (kind: string) => page.locator(`[data-save="${kind}"]`);
      const fields = page.locator('[data-item^="field-"]');
      const before = await fields.count();
      await tile('number').click();
      await server.kill();
      await expect(save('offline')).toHaveText(say('forms.state.offline'));
      await tile('date').focus();
      await page.keyboard.press('Enter');
      await expect(fields).toHaveCount(before + 2);
      // Typing on does not make it look better than it is.
      await page.waitForTimeout(1500);
      await expect(save('offline')).toBeVisible();
      await look(page, 'form-away');
      await page.keyboard.press('Control+z');
      await expect(fields).toHaveCount(before + 1);
      await page.keyboard.press('Control+Shift+z');
      await expect(fields).toHaveCount(before + 2);
      // What was never opened before has to come from the server: it waits, and the rest stays as it is.
      await page.getByText(say('forms.mode.preview'), { exact: true }).click();
      await page.waitForTimeout(2500);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await server.start();
      await expect(page.getByText(say('forms.previewHint'))).toBeVisible({ timeout: 40_000 });
      await expect(save('saved')).toBeVisible({ timeout: 40_000 });
      await page.reload();
      await expect(fields).toHaveCount(before + 2);
      await expect(page.getByText(say('forms.takeUp'))).toHaveCount(0);
      await page.context().close();
    });

    test(`a message, in ${lang}`, async ({ browser }) => {
      test.setTimeout(180_000);
      const page = await enter(await browser.newContext());
      await open(page, `${server.url}/messages/due-today`);
      const text = page
        .getByRole('region', { name: say(`lang.${lang}`) })
        .getByRole('textbox', { name: say('messages.text'), exact: true });
      const button = page.getByRole('button', { name: say('action.save'), exact: true });
      const was = await text.inputValue();
      const mine = `${was}\n${lang === 'en' ? 'Thank you very much.' : '非常感谢。'}`;
      await text.fill(mine);
      await server.kill();
      await button.click();
      const alert = page.getByRole('alert').filter({
        hasText: say('messages.notSaved', { reason: say('messages.noAnswer') }),
      });
      await expect(alert).toBeVisible();
      await expect(alert).toContainText(say('messages.keptHere'));
      await look(page, 'message-away');
      await expect(text).toHaveValue(mine);
      await expect(page.getByText(say('messages.unsaved'), { exact: true })).toBeVisible();
      await server.start();
      await alert.getByRole('button', { name: say('messages.saveAgain') }).click();
      await expect(page.getByText(say('state.saved'), { exact: true })).toBeVisible();
      await expect(alert).toHaveCount(0);
      await page.reload();
      await expect(text).toHaveValue(mine);
      await expect(page.getByText(say('messages.takeUp'))).toHaveCount(0);
      await page.context().close();
    });
  }

  test('an answer that never came is no quarrel with oneself', async ({ browser }) => {
    test.setTimeout(120_000);
    const page = await (await browser.newContext()).newPage();
    await speak(page, 'en');
    const losing = async (path: string) => {
      let lost = 0;
      await page.route(`**/api/v1${path}`, async (route) => {
        if (route.request().method() !== 'PUT' || lost++) return route.continue();
        await route.fetch(); // the server has it, and dies before it says so
        await route.abort();
      });
    };
    await losing('/forms/invoice');
    await open(page, `${server.url}/forms/invoice`);
    const fields = page.locator('[data-item^="field-"]');
    const before = await fields.count();
    const tiles = page.getByRole('complementary', { name: 'Fields to add' });
    await tiles.getByRole('button', { name: 'Number', exact: true }).click();
    await expect(page.locator('[data-save="offline"]')).toBeVisible();
    await tiles.getByRole('button', { name: 'Date', exact: true }).click();
    await expect(page.locator('[data-save="saved"]')).toBeVisible();
    await page.reload();
    await expect(fields).toHaveCount(before + 2);

    await losing('/templates/statement');
    await open(page, `${server.url}/messages/statement`);
    const text = page
      .getByRole('region', { name: 'English' })
      .getByRole('textbox', { name: 'Text', exact: true });
    await text.fill(`${await text.inputValue()}\nOne more line.`);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const alert = page.getByRole('alert').filter({ hasText: 'Not saved' });
    await expect(alert).toBeVisible();
    await text.fill(`${await text.inputValue()}\nAnd another.`);
    await alert.getByRole('button', { name: 'Save again' }).click();
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await page.reload();
    await expect(text).toHaveValue(/One more line\.\nAnd another\.$/);
    await page.context().close();
  });
});
