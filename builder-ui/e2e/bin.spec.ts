import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, open, settled, shot, speak, still } from './helpers';

// Where days fly, a night's scores may change the customer between two clicks, and its deletion is refused.
test.use(still);

const words = {
  en: {
    bin: 'Bin',
    more: 'More',
    move: 'Delete',
    undo: 'Undo',
    restore: 'Restore',
    remove: 'Remove for good',
    cancel: 'Cancel',
    empty: 'The bin is empty',
    moved: 'is in the bin',
    back: 'is back',
    gone: 'is removed for good',
    invoices: 'Invoices',
  },
  'zh-CN': {
    bin: '回收站',
    more: '更多',
    move: '删除',
    undo: '撤销',
    restore: '恢复',
    remove: '彻底删除',
    cancel: '取消',
    empty: '回收站是空的',
    moved: '已移入回收站',
    back: '已恢复',
    gone: '已彻底删除',
    invoices: '账单',
  },
} satisfies Record<Lang, Record<string, string>>;

/** A customer of the test's own. */
async function makeCustomer(page: Page, name: string): Promise<string> {
  const { csrf } = await (await page.request.get('/api/v1/session')).json();
  const headers = { 'X-CSRF-Token': csrf, 'Idempotency-Key': String(Date.now()) };
  const made = await page.request.post('/api/v1/records/customer', { headers, data: { data: { name } } });
  expect(made.status()).toBe(200);
  return (await made.json()).id;
}

for (const lang of languages)
  test(`a deleted customer is undone, restored by keyboard and removed for good (${lang})`, async ({
    page,
  }) => {
    const say = words[lang];
    const name = `${lang === 'en' ? 'Bin & Sons' : '回收测试公司'} ${Date.now()}`;
    await speak(page, lang);
    await open(page, '/today');
    const id = await makeCustomer(page, name);
    const remove = async () => {
      await open(page, `/customers/${id}`);
      await page
        .getByRole('button', { name: new RegExp(`^${say.more}`) })
        .first()
        .click();
      await page.getByRole('menuitem', { name: say.move, exact: true }).click();
      await page.getByRole('dialog').getByRole('button', { name: say.move, exact: true }).click();
      await expect(page).toHaveURL(/\/customers$/);
      await expect(page.getByText(new RegExp(`${name}[ ”]${say.moved}`))).toBeVisible();
    };
    await remove();
    await shot(page, `bin-undo-${lang}`);
    await page.getByRole('button', { name: say.undo }).click();
    await expect(page.getByText(new RegExp(`${name}[ ”]${say.back}`))).toBeVisible();

    await remove();
    await page.getByRole('link', { name: say.bin }).click();
    const row = page.getByRole('row').filter({ hasText: name });
    await expect(row).toBeVisible();
    await settled(page);
    await expectAccessible(page);
    await shot(page, `bin-list-${lang}`);
    await row.getByRole('button', { name: say.restore }).press('Enter');
    await expect(row).toHaveCount(0);
    await open(page, `/customers/${id}`);
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

    await remove();
    await page.getByRole('link', { name: say.bin }).click();
    await row.getByRole('button', { name: say.remove }).click();
    const ask = page.getByRole('dialog');
    await expectAccessible(page);
    await shot(page, `bin-confirm-${lang}`);
    await ask.getByRole('button', { name: say.cancel }).click();
    await expect(row).toBeVisible();
    await row.getByRole('button', { name: say.remove }).click();
    await ask.getByRole('button', { name: say.remove }).click();
    await expect(row).toHaveCount(0);
    await expect(page.getByText(new RegExp(`${name}[ ”]${say.gone}`))).toBeVisible();
  });

for (const lang of languages)
  test(`the bin on a phone and in the dark, and where it says nothing (${lang})`, async ({ browser }) => {
    const context = await browser.newContext({
      ...still,
      colorScheme: 'dark',
      viewport: { width: 390, height: 844 },
    });
    const page = await context.newPage();
    const say = words[lang];
    await speak(page, lang);
    await page.route('**/api/v1/bin/contact*', (route) => route.fulfill({ json: { items: [] } }));
    await open(page, '/bin/contact');
    await expect(page.getByText(say.empty)).toBeVisible();
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await shot(page, `bin-empty-${lang}`);

    const entry = {
      id: 'x',
      form: 'invoice',
      version: 2,
      revision: 1,
      title: 'INV-2031-000187',
      data: { number: 'INV-2031-000187', amount: 123456, currency: 'CNY' },
      system: { customerName: 'Nordwind & Söhne 供应链管理有限公司', status: 'cancelled' },
      deletedAt: '2026-03-02T08:00:00.000Z',
      deletedBy: 'nobody',
      until: '2026-05-31T08:00:00.000Z',
    };
    await page.route('**/api/v1/bin/invoice**', (route) =>
      route.request().method() === 'GET'
        ? route.fulfill({ json: { items: [entry] } })
        : route.fulfill({
            status: 409,
            json: { detail: 'Nordwind', errors: [{ pointer: '/data/customer', message: 'x' }] },
          }),
    );
    await page.getByText(say.invoices, { exact: true }).last().click();
    await page.getByRole('button', { name: say.restore }).click();
    await expect(page.getByRole('dialog')).toContainText('Nordwind');
    await shot(page, `bin-refused-${lang}`);
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog')).toBeHidden();
    await page.waitForFunction(() =>
      document.getAnimations().every(({ playState }) => playState !== 'running'),
    );
    await expectAccessible(page);
    await shot(page, `bin-phone-${lang}`);
    await context.close();
  });
