import { expect, test } from '@playwright/test';
import { expectAccessible, firstCustomer, open, speak } from './helpers';

const words = {
  en: {
    section: 'Tier',
    set: 'Set by hand',
    save: 'Set tier',
    why: 'Reason',
    byHand: 'Tier C, set by hand',
    release: 'Let the score decide',
    score: /Tier [ABC]: \d+ of 100 points/,
    perDay: 'A day of average delay',
    tierB: 'Tier B from',
    preview: 'See what changes',
    range: 'must leave a range for every tier',
    would: 'What would change',
    store: 'Save and compute all anew',
    stored: 'Saved; all tiers are being computed anew',
    defaults: 'Take the defaults',
  },
  'zh-CN': {
    section: '等级',
    set: '人工设定',
    save: '设定等级',
    why: '原因',
    byHand: 'C 级，人工设定',
    release: '改由评分决定',
    score: /[ABC] 级：\d+ 分/,
    perDay: '平均每延迟一天',
    tierB: 'B 级下限',
    preview: '查看影响',
    range: '每一级都须留有区间',
    would: '影响预览',
    store: '保存并重新计算全部',
    stored: '已保存，正在重新计算全部等级',
    defaults: '恢复默认',
  },
} as const;

test.describe.configure({ mode: 'serial' });

for (const lang of ['en', 'zh-CN'] as const) {
  const say = words[lang];
  test(`a tier is set by hand with a reason, and given back to the score (${lang})`, async ({ page }) => {
    await speak(page, lang);
    await open(page, '/customers');
    await open(page, `/customers/${await firstCustomer(page)}`);
    const section = page.getByRole('region', { name: say.section, exact: true });
    await section.getByRole('button', { name: say.set }).click();
    const drawer = page.getByRole('dialog');
    await drawer.getByRole('combobox').first().click();
    await page.locator('.ant-select-item-option').filter({ hasText: 'C' }).click();
    await drawer.getByRole('button', { name: say.save }).click();
    await expect(drawer.locator('.ant-form-item-explain-error')).toBeVisible(); // a reason is needed
    await drawer.getByRole('textbox', { name: say.why }).fill('Paid by cheque that bounced');
    await drawer.getByRole('button', { name: say.save }).click();
    await expect(section.getByText(say.byHand)).toBeVisible();
    await expect(section.getByText('Paid by cheque that bounced')).toBeVisible();
    await section.getByRole('button', { name: say.release }).click();
    await expect(section.getByText(say.score)).toBeVisible();
  });

  test(`weights are judged at their place, previewed and saved (${lang})`, async ({ page }) => {
    await speak(page, lang);
    await open(page, '/settings/tiers');
    await page.getByRole('spinbutton', { name: say.tierB }).fill('90');
    await page.getByRole('button', { name: say.preview }).click();
    await expect(page.getByText(say.range).first()).toBeVisible();
    await page.getByRole('button', { name: say.defaults }).click();
    await page.getByRole('spinbutton', { name: say.perDay }).fill('4');
    await page.getByRole('button', { name: say.preview }).click();
    const outlook = page.getByRole('region', { name: say.would });
    await expect(outlook.getByRole('table')).toBeVisible();
    await expect(outlook.getByRole('link').first()).toBeVisible(); // customers it would move, by name
    await page.mouse.move(0, 0); // a link under the pointer has another colour
    await expectAccessible(page);
    await page.getByRole('spinbutton', { name: say.perDay }).fill('3');
    await expect(outlook).toHaveCount(0); // an outlook on other weights is not saved from
    await page.getByRole('button', { name: say.preview }).click();
    await outlook.getByRole('button', { name: say.store }).click();
    await expect(page.getByText(say.stored)).toBeVisible();
    await page.reload();
    await expect(page.getByRole('spinbutton', { name: say.perDay })).toHaveValue('3.0');
    await page.getByRole('button', { name: say.defaults }).click();
    await page.getByRole('button', { name: say.preview }).click();
    await page.getByRole('region', { name: say.would }).getByRole('button', { name: say.store }).click();
    await expect(page.getByText(say.stored)).toBeVisible();
  });
}
