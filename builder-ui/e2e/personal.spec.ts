import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, open, settled, shot, speak, still } from './helpers';

test.use(still);

const words = {
  en: {
    more: 'More',
    giveOut: 'Give out personal data',
    download: 'Download',
    downloaded: 'The file is on your computer',
    close: 'Close',
    erase: 'Erase personal data',
    go: 'Erase for good',
    notYet: 'Not yet',
    goes: 'What goes',
    contacts: 'Contacts',
    reason: 'Reason',
    confirm: /^Type .* to confirm$/,
    wrong: "is neither the customer's number nor the name",
    erased: 'The personal data are erased',
    mark: /^(Erased|已删除) [0-9a-f]{6}$/,
  },
  'zh-CN': {
    more: '更多',
    giveOut: '导出个人信息',
    download: '下载',
    downloaded: '文件已保存到您的电脑',
    close: '关闭',
    erase: '删除个人信息',
    go: '彻底删除',
    notYet: '暂时不能删除',
    goes: '将删除的内容',
    contacts: '联系人',
    reason: '原因',
    confirm: /^请输入 .* 以确认$/,
    wrong: '与客户编号或名称不一致',
    erased: '个人信息已删除',
    mark: /^(Erased|已删除) [0-9a-f]{6}$/,
  },
} satisfies Record<Lang, Record<string, string | RegExp>>;

/** The API with the page's session. */
async function ask(page: Page, path: string, data: unknown) {
  const { csrf } = await (await page.request.get('/api/v1/session')).json();
  const made = await page.request.post(`/api/v1${path}`, { headers: { 'X-CSRF-Token': csrf }, data });
  expect(made.status(), await made.text()).toBeLessThan(300);
  return made.status() === 204 ? undefined : made.json();
}

async function choose(page: Page, say: { more: string }, item: string) {
  await page
    .getByRole('button', { name: new RegExp(`^${say.more}`) })
    .first()
    .focus();
  await page.keyboard.press('Enter');
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

for (const lang of languages)
  test(`personal data are given out, and erased once nothing is open (${lang})`, async ({ page }) => {
    const say = words[lang];
    const number = `PD-${Date.now()}`;
    const name = lang === 'en' ? `Petra Privat ${number}` : `隐私测试 ${number}`;
    await speak(page, lang);
    await open(page, '/today');
    const { id } = await ask(page, '/records/customer', {
      data: { name, number, email: 'petra@privat.example', phone: '+49 555 0142' },
    });
    await ask(page, '/records/contact', { data: { customer: id, name: 'Paul Privat' } });
    const day = new Date(Date.now() + 90 * 86_400_000).toISOString().slice(0, 10);
    const invoice = await ask(page, '/records/invoice', {
      data: { customer: id, number, amount: 5000, currency: 'CNY', issueDate: day, dueDate: day },
    });
    await ask(page, `/customers/${id}/commands`, {
      type: 'call.log',
      result: 'reached',
      note: 'Spoke to Petra',
    });
    await open(page, `/customers/${id}`);

    await choose(page, say, say.giveOut);
    const drawer = page.getByRole('dialog', { name: say.giveOut });
    await expect(drawer).toContainText(name);
    await shot(page, `personal-give-${lang}`);
    const file = page.waitForEvent('download');
    await drawer.getByRole('button', { name: say.download }).click();
    expect((await file).suggestedFilename()).toBe('personal-data.zip');
    await expect(drawer.getByText(say.downloaded)).toBeVisible();
    await expectAccessible(page);
    await drawer.getByRole('button', { name: say.close, exact: true }).last().click();

    await choose(page, say, say.erase);
    const dialog = page.getByRole('dialog', { name: say.erase });
    await expect(dialog.getByText(say.notYet)).toBeVisible();
    await expect(dialog.getByRole('button', { name: say.go })).toBeDisabled();
    await shot(page, `personal-notyet-${lang}`);
    await page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    await ask(page, `/customers/${id}/commands`, {
      type: 'invoice.cancel',
      invoice: invoice.id,
      reason: 'mistake',
    });
    await expect
      .poll(async () => (await ask(page, `/customers/${id}/erase`, { dryRun: true })).hinder)
      .toBeUndefined();

    await choose(page, say, say.erase);
    await expect(dialog.getByRole('heading', { name: say.goes })).toBeVisible();
    await expect(dialog.getByText(say.contacts, { exact: true })).toBeVisible();
    await settled(page);
    await dialog.getByLabel(say.reason).fill('asked by letter');
    await dialog.getByLabel(say.confirm).fill('somebody else');
    await dialog.locator('summary').click();
    await shot(page, `personal-erase-${lang}`);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: say.go }).click();
    await expect(dialog.getByText(say.wrong)).toBeVisible();
    await dialog.getByLabel(say.confirm).fill(number);
    await page.keyboard.press('Enter');
    await expect(page.getByText(say.erased, { exact: true }).first()).toBeVisible();
    await expect(page.getByRole('heading', { level: 1, name: say.mark })).toBeVisible();
    await expect(page.locator('body')).not.toContainText('privat.example');
    await settled(page);
    await shot(page, `personal-gone-${lang}`);
    await expectAccessible(page);
  });
