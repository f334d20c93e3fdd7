import { readFile } from 'node:fs/promises';
import { expect, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, open, settled, shot, speak, still } from './helpers';

test.use(still);

const words = {
  en: {
    report: 'Ageing report',
    asOf: 'As of',
    today: 'Today',
    lastMonth: 'End of last month',
    currency: 'Currency',
    total: 'All customers',
    export: 'Export',
    head: 'Customer name,Currency,Outstanding,Not yet due,1-30 days past due',
    none: 'Nothing was open on',
    overdue: 'overdue',
    more: 'in the file',
  },
  'zh-CN': {
    report: '账龄分析表',
    asOf: '截至日期',
    today: '今天',
    lastMonth: '上月末',
    currency: '货币',
    total: '全部客户',
    export: '导出',
    head: '客户名称,币种,未收余额,未到期,逾期 1-30 天',
    none: '没有未结款项',
    overdue: '逾期',
    more: '见导出文件',
  },
} satisfies Record<Lang, Record<string, string>>;

const addDays = (day: string, days: number) =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

/** In each language a currency that nobody else owes anything in. */
const own = { en: 'CAD', 'zh-CN': 'CHF' } satisfies Record<Lang, string>;

for (const lang of languages)
  test(`who owed what on a day, on the screen and as a file (${lang})`, async ({ page }) => {
    const say = words[lang];
    const currency = own[lang];
    const mark = `AG-${lang}-${Date.now()}`;
    await speak(page, lang);
    await open(page, '/today');
    const { csrf, clock } = await (await page.request.get('/api/v1/session')).json();
    const today: string = clock.today;
    const make = async (form: string, data: unknown): Promise<string> => {
      const made = await page.request.post(`/api/v1/records/${form}`, {
        headers: { 'X-CSRF-Token': csrf },
        data: { data },
      });
      expect(made.status(), await made.text()).toBe(200);
      return (await made.json()).id;
    };
    const bill = (customer: string, number: string, days: number, amount: number) =>
      make('invoice', {
        number,
        customer,
        issueDate: addDays(today, -200),
        dueDate: addDays(today, days),
        amount,
        currency,
      });
    const late = await make('customer', { name: `Late ${mark}` });
    const paid = await make('customer', { name: `Paid ${mark}` });
    await bill(late, `${mark}-1`, -45, 1234_50);
    await bill(late, `${mark}-2`, 10, 100_00);
    const gone = await bill(paid, `${mark}-3`, -150, 9000_00);
    await make('payment', {
      customer: paid,
      amount: 9050_00,
      currency,
      valueDate: addDays(today, -1),
      invoices: [gone],
    });

    // From the invoices to the report, and to one currency of it.
    await open(page, '/invoices');
    await page.getByRole('link', { name: say.report }).click();
    await expect(page.getByRole('heading', { name: say.report })).toBeVisible();
    await settled(page);
    await expectAccessible(page);
    await shot(page, `ageing-all-${lang}`);
    await page.getByRole('combobox', { name: say.currency }).click();
    await page.locator('.ant-select-item').filter({ hasText: currency }).click();
    await expect(page).toHaveURL(new RegExp(`currency=${currency}`));
    const rows = page.locator('tbody tr');
    await expect(rows).toHaveCount(3);
    await expect(rows.nth(0)).toContainText(say.total);
    await expect(rows.nth(0)).toContainText('1,284.50');
    await expect(rows.nth(1)).toContainText(`Late ${mark}`);
    await expect(rows.nth(1)).toContainText('1,334.50');
    await expect(rows.nth(2)).toContainText('50.00');
    await expect(page.getByRole('button', { name: say.today })).toHaveAttribute('aria-pressed', 'true');
    await settled(page);
    await expectAccessible(page);
    await shot(page, `ageing-${lang}`);

    // Before the payment the other one was the worst; the day is in the address.
    const day = page.getByRole('textbox', { name: say.asOf });
    await day.fill(addDays(today, -2));
    await day.press('Enter');
    await expect(rows.nth(1)).toContainText(`Paid ${mark}`);
    await expect(rows.nth(1)).toContainText('9,000.00');
    await expect(page).toHaveURL(new RegExp(`day=${addDays(today, -2)}`));
    await page.reload();
    await expect(rows.nth(1)).toContainText(`Paid ${mark}`);
    await shot(page, `ageing-before-${lang}`);

    // The same as a file, in the reader's language.
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: say.export }).click();
    const file = await download;
    expect(file.suggestedFilename()).toBe(`ageing-${addDays(today, -2)}.csv`);
    const text = await readFile(await file.path(), 'utf8');
    expect(text.startsWith(`\ufeff${say.head}`)).toBe(true);
    expect(text).toContain(`Paid ${mark},${currency},9000.00,0.00`);
    expect(text.trim().split('\n')).toHaveLength(3);

    // Nothing was open long ago; the end of last month is one press away.
    await open(page, `/ageing?currency=${currency}&day=2001-01-01`);
    await expect(page.getByText(say.none)).toBeVisible();
    await page.getByRole('button', { name: say.lastMonth }).click();
    await expect(page).toHaveURL(new RegExp(`day=${addDays(`${today.slice(0, 8)}01`, -1)}`));
    await page.getByRole('button', { name: say.today }).click();
    await expect(page).not.toHaveURL(/day=/);

    // On a phone what is overdue stands below what is open, and nothing is cut off.
    await page.setViewportSize({ width: 390, height: 844 });
    await expect(rows.nth(1)).toContainText(say.overdue);
    await expect(rows.nth(1).locator('td')).toHaveCount(8);
    await settled(page);
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await shot(page, `ageing-phone-${lang}`);
    await page.getByRole('link', { name: `Late ${mark}` }).click();
    await expect(page.getByRole('heading', { name: `Late ${mark}` })).toBeVisible();

    // Today leads there as well.
    await page.setViewportSize({ width: 1280, height: 900 });
    await open(page, '/today');
    await shot(page, `ageing-today-${lang}`);
    await page.getByRole('link', { name: say.report }).first().click();
    await expect(page.getByRole('heading', { name: say.report })).toBeVisible();
  });

test('a day that is none is told', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/ageing?day=soon');
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByRole('button', { name: words.en.today }).click();
  await expect(page.getByRole('row').filter({ hasText: words.en.total }).first()).toBeVisible();
});

for (const lang of languages)
  test(`what is not shown is counted, and is in the file (${lang})`, async ({ page }) => {
    await speak(page, lang);
    await page.route('**/api/v1/insight/ageing/customers?*', async (route) => {
      const url = new URL(route.request().url());
      url.searchParams.set('limit', '2');
      await route.continue({ url: url.href });
    });
    await open(page, '/ageing?currency=EUR');
    const more = page.getByRole('link', { name: words[lang].more });
    await expect(more).toHaveAttribute('href', /customers\.csv\?asOf=[\d-]+&currency=EUR&language=/);
    await expect(page.locator('tbody tr')).toHaveCount(3);
    await expectAccessible(page);
    await shot(page, `ageing-more-${lang}`);
  });
