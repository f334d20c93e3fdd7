import { expect, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, open, settled, shot, speak, still } from './helpers';

test.use(still);

const words = {
  en: {
    correct: 'Correct invoice',
    amount: 'Amount',
    add: 'Pay in instalments',
    more: 'One more',
    due: (row: number) => `Due day of instalment ${row}`,
    part: (row: number) => `Amount of instalment ${row}`,
    sum: 'must add up to €90.00',
    save: 'Save',
    saved: 'Saved',
    menu: (number: string) => `Actions for ${number}`,
    first: 'Instalment 3 Apr 2026',
    settled: 'settled already (EUR 50.00)',
  },
  'zh-CN': {
    correct: '更正账单',
    amount: '金额',
    add: '分期付款',
    more: '添加一期',
    due: (row: number) => `第 ${row} 期到期日`,
    part: (row: number) => `第 ${row} 期金额`,
    sum: '合计应为 €90.00',
    save: '保存',
    saved: '已保存',
    menu: (number: string) => `${number} 的操作`,
    first: '分期 2026-04-03',
    settled: '已结清金额（EUR 50.00）',
  },
} satisfies Record<Lang, Record<string, string | ((of: never) => string)>>;

for (const lang of languages)
  test(`a booked invoice is corrected, and paid in instalments (${lang})`, async ({ page }) => {
    const say = words[lang];
    const number = `FIX-${lang}-${Date.now()}`;
    await speak(page, lang);
    await open(page, '/today');
    const { csrf } = await (await page.request.get('/api/v1/session')).json();
    const make = async (form: string, data: unknown): Promise<string> => {
      const made = await page.request.post(`/api/v1/records/${form}`, {
        headers: { 'X-CSRF-Token': csrf },
        data: { data },
      });
      expect(made.status(), await made.text()).toBe(200);
      return (await made.json()).id;
    };
    const customer = await make('customer', { name: `Corrected ${number}` });
    const invoice = await make('invoice', {
      number,
      customer,
      issueDate: '2026-03-03',
      dueDate: '2026-05-03',
      amount: 100_00,
      currency: 'EUR',
      externalId: number,
    });

    // From the list: the amount, and two instalments that must add up to it.
    await open(page, `/invoices?status=all&invoice=${invoice}`);
    await page.getByRole('button', { name: say.correct }).click();
    const drawer = page.getByRole('dialog').filter({ has: page.getByRole('button', { name: say.save }) });
    await drawer.getByRole('textbox', { name: say.amount, exact: true }).fill('90');
    await drawer.getByRole('button', { name: say.add }).click();
    const part = async (row: number, due: string, amount: string) => {
      await drawer.getByRole('textbox', { name: say.due(row) }).fill(due);
      await page.keyboard.press('Enter');
      await drawer.getByRole('textbox', { name: say.part(row) }).fill(amount);
    };
    await part(1, '2026-04-03', '60');
    await drawer.getByRole('button', { name: say.more }).click();
    await part(2, '2026-05-03', '40');
    await drawer.getByRole('button', { name: say.save }).click();
    await expect(drawer.getByText(say.sum)).toBeVisible();
    await settled(page);
    await expectAccessible(page);
    await shot(page, `correct-${lang}`);
    await drawer.getByRole('textbox', { name: say.part(2) }).fill('30');
    await drawer.getByRole('button', { name: say.save }).click();
    await expect(drawer).toBeHidden();
    const details = page.getByRole('dialog').first();
    await expect(details).toContainText(say.first);
    await expect(details).toContainText('€90.00');
    await shot(page, `corrected-${lang}`);
    const kept = await (await page.request.get(`/api/v1/records/invoice/${invoice}`)).json();
    expect(kept.data).toMatchObject({
      number,
      customer,
      currency: 'EUR',
      amount: 90_00,
      externalId: number,
      instalments: [
        { due: '2026-04-03', amount: 60_00 },
        { due: '2026-05-03', amount: 30_00 },
      ],
    });

    // On the customer's page the server has the last word: not below what is paid.
    await make('payment', { customer, amount: 50_00, currency: 'EUR', invoices: [invoice] });
    await open(page, `/customers/${customer}`);
    await page.getByRole('button', { name: say.menu(number), exact: true }).press('Enter');
    await page.getByRole('menuitem', { name: say.correct }).click();
    await drawer.getByRole('textbox', { name: say.amount, exact: true }).fill('40');
    await drawer.getByRole('textbox', { name: say.part(1) }).fill('10');
    await drawer.getByRole('button', { name: say.save }).click();
    await expect(drawer.getByText(say.settled)).toBeVisible();
    await shot(page, `correct-refused-${lang}`);
  });

for (const lang of languages)
  test(`a wish to stop is upheld (${lang})`, async ({ page }) => {
    const [more, uphold, reason, waits] =
      lang === 'en'
        ? ['More', 'Uphold the stop', 'Reason', 'Waits for a review']
        : ['更多', '确认停止', '原因', '等待复核'];
    await speak(page, lang);
    await open(page, '/today');
    const { csrf } = await (await page.request.get('/api/v1/session')).json();
    const ask = async (path: string, data: unknown) => {
      const made = await page.request.post(`/api/v1${path}`, { headers: { 'X-CSRF-Token': csrf }, data });
      expect(made.status(), await made.text()).toBe(200);
      return made.json();
    };
    const { id } = await ask('/records/customer', { data: { name: `Stop ${lang} ${Date.now()}` } });
    await ask(`/customers/${id}/commands`, { type: 'stop.wish', reason: 'asked on the phone' });
    await open(page, `/customers/${id}`);
    await expect(page.getByText(waits)).toBeVisible();
    await page
      .getByRole('button', { name: new RegExp(`^${more}`) })
      .first()
      .press('Enter');
    await page.getByRole('menuitem', { name: uphold }).click();
    await page.getByRole('textbox', { name: reason }).fill('spoke with them');
    await page.getByRole('dialog').getByRole('button', { name: uphold }).click();
    await expect(page.getByText(waits)).toHaveCount(0);
    await expect(page.getByText('asked on the phone').first()).toBeVisible();
    // Other tests look at the same board.
    await ask(`/customers/${id}/commands`, { type: 'stop.lift', reason: 'agreed' });
  });
