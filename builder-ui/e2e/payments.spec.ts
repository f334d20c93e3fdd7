import { expect, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, open, settled, shot, speak, still } from './helpers';

test.use(still);

const words = {
  en: {
    payments: 'Payments',
    search: 'Search by bank reference or customer',
    state: 'State',
    unapplied: 'Not wholly applied',
    apply: 'Apply to invoices',
    order: 'Invoices, in this order',
    nothing: 'Nothing is open in EUR',
    applied: 'Applied',
    reverse: 'Reverse payment',
    reason: 'Reason',
    required: 'Please fill this in',
    reversed: 'Reversed',
    move: 'Delete',
    moved: 'is in the bin',
    undo: 'Undo',
    close: 'Close',
    edit: 'Edit',
    note: 'Note',
    save: 'Save',
    cancel: 'Cancel',
  },
  'zh-CN': {
    payments: '回款',
    search: '按流水号或客户搜索',
    state: '状态',
    unapplied: '未全部核销',
    apply: '核销账单',
    order: '按此顺序核销',
    nothing: '没有 EUR 未付账单',
    applied: '已核销',
    reverse: '冲销回款',
    reason: '原因',
    required: '请填写此项',
    reversed: '已冲销',
    move: '删除',
    moved: '已移入回收站',
    undo: '撤销',
    close: '关闭',
    edit: '编辑',
    note: '备注',
    save: '保存',
    cancel: '取消',
  },
} satisfies Record<Lang, Record<string, string>>;

for (const lang of languages)
  test(`a payment is found, applied, reversed and deleted (${lang})`, async ({ page }) => {
    const say = words[lang];
    const mark = `TT-${lang}-${Date.now()}`;
    await speak(page, lang);
    await open(page, '/today');
    const { csrf, clock } = await (await page.request.get('/api/v1/session')).json();
    const make = async (form: string, data: unknown): Promise<string> => {
      const made = await page.request.post(`/api/v1/records/${form}`, {
        headers: { 'X-CSRF-Token': csrf },
        data: { data },
      });
      expect(made.status(), await made.text()).toBe(200);
      return (await made.json()).id;
    };
    const customer = await make('customer', { name: `Payer ${mark}` });
    const bill = (number: string, amount: number) =>
      make('invoice', {
        number,
        customer,
        issueDate: '2026-01-05',
        dueDate: '2026-02-05',
        amount,
        currency: 'EUR',
      });
    const first = await bill(`${mark}-1`, 100_00);
    await make('payment', {
      customer,
      amount: 150_00,
      currency: 'EUR',
      valueDate: clock.today,
      reference: mark,
      invoices: [first],
    });

    // The customer's page leads to what is not applied yet.
    await open(page, `/customers/${customer}`);
    await page.locator('.balance-part a').click();
    await expect(page.getByRole('heading', { name: say.payments })).toBeVisible();
    await expect(page.locator('tbody tr')).toHaveCount(1);

    // From the list: search, filter, open by keyboard.
    await page.getByRole('link', { name: say.payments, exact: true }).click();
    await page.getByRole('searchbox', { name: say.search }).fill(mark);
    const row = page.getByRole('row').filter({ hasText: mark });
    await expect(row).toContainText(`${mark}-1`);
    await page.getByRole('combobox', { name: say.state }).click();
    await page.locator('.ant-select-item').filter({ hasText: say.unapplied }).click();
    await expect(page.locator('tbody tr')).toHaveCount(1);
    await settled(page);
    await expectAccessible(page);
    await shot(page, `payments-${lang}`);
    await row.locator('[data-row-link]').press('Enter');
    // What was chosen stays chosen, and nothing that was left behind comes back.
    await expect(page).toHaveURL(/state=unapplied/);
    await expect(page).not.toHaveURL(/customer=/);
    const details = page.getByRole('dialog', { name: words[lang].payments.slice(0, 7) }).first();
    await expect(details).toContainText(mark);

    // What was noted down wrong is put right.
    const drawer = page.getByRole('dialog').last();
    await details.getByRole('button', { name: say.edit, exact: true }).click();
    await drawer.getByRole('textbox', { name: say.note }).fill('came with a letter');
    await shot(page, `payment-edit-${lang}`);
    await drawer.getByRole('button', { name: say.save, exact: true }).click();
    await expect(details).toContainText('came with a letter');
    await expect(details).toContainText(mark);

    // Nothing is open; then a new invoice takes the rest.
    await details.getByRole('button', { name: say.apply }).click();
    await expect(page.getByText(say.nothing)).toBeVisible();
    await drawer.getByRole('button', { name: say.cancel, exact: true }).click();
    await bill(`${mark}-2`, 80_00);
    await details.getByRole('button', { name: say.apply }).click();
    await page.getByLabel(say.order).click();
    await page
      .locator('.ant-select-item')
      .filter({ hasText: `${mark}-2` })
      .click();
    await page.keyboard.press('Escape');
    await shot(page, `payments-apply-${lang}`);
    await drawer.getByRole('button', { name: say.apply }).click();
    await expect(page.locator('.ant-message').getByText(say.applied)).toBeVisible();
    await expect(details).toContainText(`${mark}-2`);
    await expect(details.getByRole('button', { name: say.apply })).toBeHidden();
    await settled(page);
    await expectAccessible(page);
    await shot(page, `payment-${lang}`);

    // Taken back: it asks why, and can be deleted and brought back afterwards.
    await details.getByRole('button', { name: say.reverse }).click();
    await drawer.getByRole('button', { name: say.reverse }).click();
    await expect(drawer.getByText(say.required)).toBeVisible();
    await drawer.getByRole('textbox', { name: say.reason }).fill('bounced');
    await drawer.getByRole('button', { name: say.reverse }).click();
    await expect(details.locator('.chip', { hasText: say.reversed })).toBeVisible();
    await shot(page, `payment-reversed-${lang}`);
    await details.getByRole('button', { name: say.move, exact: true }).click();
    await page.getByRole('tooltip').getByRole('button', { name: say.move, exact: true }).click();
    await expect(page.getByText(say.moved)).toBeVisible();
    await page.getByRole('button', { name: say.undo }).click();
    await open(page, `/payments?q=${mark}`);
    await expect(page.getByRole('row').filter({ hasText: mark })).toContainText(say.reversed);
  });
