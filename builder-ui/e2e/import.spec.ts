import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { expectAccessible, open, speak } from './helpers';

const shots = process.env.SHOTS;

for (const lang of ['en', 'zh-CN'] as const)
  test(`a file of invoices is matched, checked, imported, and the failed row mended (${lang})`, async ({
    page,
  }) => {
    const en = lang === 'en';
    const mark = `${Date.now()}`;
    await speak(page, lang);
    await open(page, '/invoices');
    const exported = page.waitForEvent('download');
    await page.getByRole('link', { name: en ? 'Export' : '导出' }).click();
    const saved = readFileSync(await (await exported).path(), 'utf8');
    expect(saved.split('\n')[0]).toContain(en ? 'Due date' : '到期日');
    expect(saved.split('\n').length).toBeGreaterThan(20);
    await page.getByRole('link', { name: en ? 'Import' : '导入' }).click();
    await expect(page.getByRole('heading', { level: 1 })).toHaveText(en ? 'Import' : '导入');
    await expect(page.getByRole('radio', { name: en ? 'Invoices' : '账单' })).toBeChecked();
    await expectAccessible(page);
    const rows = [
      'Open items of November;;;;;',
      'Invoice no.;Customer number;Issued;Due;Total;Remark',
      `IMP-${mark}-1;C1001;05.10.2026;04.11.2026;1.234,50;first`,
      `IMP-${mark}-2;C1002;06.10.2026;05.11.2026;99,00;`,
      `IMP-${mark}-3;C1003;07.10.2026;31.02.2026;10,00;no such day`,
    ].join('\r\n');
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'open-items.csv', mimeType: 'text/csv', buffer: Buffer.from(rows) });
    const table = page.getByRole('table');
    await expect(table.getByRole('row')).toHaveCount(7);
    // Dates and amounts are understood from what stands in the file, or said by hand.
    const pick = async (label: string, option: string) => {
      await page.getByLabel(label).press('ArrowDown');
      await page
        .getByRole('option', { name: option })
        .or(page.locator('.ant-select-item-option', { hasText: option }))
        .last()
        .click();
    };
    await pick(en ? 'Dates are written' : '日期写法', en ? 'day first' : '日在前');
    await pick(en ? 'Amounts are written' : '金额写法', '1.234,50');
    for (const [column, field] of [
      ['Issued', en ? 'Issue date' : '开票日期'],
      ['Due', en ? 'Due date' : '到期日'],
      ['Total', en ? 'Amount' : '金额'],
    ] as const) {
      const box = page.getByLabel(`${en ? 'Field' : '字段'}: ${column}`);
      await box.fill(field);
      await box.press('Enter');
    }
    if (shots) await page.screenshot({ path: `${shots}/import-columns-${lang}.png`, fullPage: true });
    await expectAccessible(page);
    await page.getByRole('button', { name: en ? 'Check the file' : '检查文件' }).click();
    await expect(
      page.getByText(en ? 'Checked: nothing has been written yet' : '检查完成，尚未写入任何数据'),
    ).toBeVisible();
    await expect(page.getByText(en ? 'Line 5' : '第 5 行')).toBeVisible();
    if (shots) await page.screenshot({ path: `${shots}/import-checked-${lang}.png`, fullPage: true });
    await expectAccessible(page);
    await page.getByRole('button', { name: en ? 'Import 2 rows' : '导入 2 行' }).click();
    await expect(page.getByRole('heading', { name: en ? 'Imported' : '导入完成' })).toBeVisible();
    const file = page.waitForEvent('download');
    await page.getByRole('button', { name: en ? 'Download the failed rows' : '下载失败的行' }).click();
    expect((await file).suggestedFilename()).toBe('failed.csv');
    const found = await (
      await page.request.get(`/api/v1/records/invoice?search=IMP-${mark}&limit=10`)
    ).json();
    const read = found.items.map((i: { data: { amount: number; dueDate: string } }) => [
      i.data.amount,
      i.data.dueDate,
    ]);
    expect(read.sort()).toEqual([
      [123450, '2026-11-04'],
      [9900, '2026-11-05'],
    ]);
  });

for (const lang of ['en', 'zh-CN'] as const)
  test(`a sheet of Excel is read as it is (${lang})`, async ({ page }) => {
    const en = lang === 'en';
    await speak(page, lang);
    await open(page, '/import?form=invoice');
    await page.locator('input[type=file]').setInputFiles('e2e/files/open-items.xlsx');
    const table = page.getByRole('table');
    await expect(table.getByRole('row')).toHaveCount(6);
    await expect(table).toContainText('2026-12-02');
    await expect(table).toContainText('1234.5');
    if (shots) await page.screenshot({ path: `${shots}/import-sheet-${lang}.png`, fullPage: true });
    for (const [column, field] of [
      ['Issued', en ? 'Issue date' : '开票日期'],
      ['Due', en ? 'Due date' : '到期日'],
      ['Total', en ? 'Amount' : '金额'],
    ] as const) {
      const box = page.getByLabel(`${en ? 'Field' : '字段'}: ${column}`);
      await box.fill(field);
      await box.press('Enter');
    }
    await page.getByRole('button', { name: en ? 'Check the file' : '检查文件' }).click();
    await expect(
      page.getByText(en ? 'Checked: nothing has been written yet' : '检查完成，尚未写入任何数据'),
    ).toBeVisible();
    await expect(page.getByText('XLS-1')).toHaveCount(0); // no row has failed
    await page.locator('input[type=file]').setInputFiles({
      name: 'broken.xlsx',
      mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      buffer: Buffer.from('PK\u0003\u0004 and nothing of a workbook'),
    });
    await expect(page.getByText(en ? 'This workbook cannot be read.' : '无法读取此工作簿。')).toBeVisible();
  });
