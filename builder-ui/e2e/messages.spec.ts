import { expect, test } from '@playwright/test';
import { firstCustomer, open, settled, speak } from './helpers';

const frame = 'iframe[sandbox=""]';

test('a template is edited and seen in both languages, on a real customer', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/today');
  const customer = await firstCustomer(page);
  const { data } = await (await page.request.get(`/api/v1/records/customer/${customer}`)).json();
  await open(page, '/messages/due-today');
  const english = page.getByRole('region', { name: 'English' }).getByRole('textbox', { name: 'Text' });
  const chinese = page.getByRole('region', { name: '中文' }).getByRole('textbox', { name: 'Text' });
  const was = await english.inputValue();

  await english.fill(was.replace('A short reminder', 'A short and kind reminder'));
  await expect(page.frameLocator(frame).getByText('A short and kind reminder')).toBeVisible();
  await chinese.fill((await chinese.inputValue()).replace('温馨提醒', '温馨提醒您'));
  await page.getByRole('radiogroup', { name: 'Language' }).last().getByText('中文').click();
  await expect(page.frameLocator(frame).getByText('温馨提醒您')).toBeVisible();

  await page.getByRole('combobox', { name: 'Customer of the preview' }).fill(data.name);
  await page.locator('.ant-select-item-option').filter({ hasText: data.name }).first().click();
  await expect(page.frameLocator(frame).getByText(`${data.name}，您好`)).toBeVisible();

  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await expect(page.getByText('Changed', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'More' }).click();
  await page.getByRole('menuitem', { name: 'Restore as shipped' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore as shipped' }).click();
  await expect(english).toHaveValue(was);
});

test('what conduct forbids cannot be saved, and says where it stands', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/messages/due-soon-friendly');
  const text = page.getByRole('region', { name: 'English' }).getByRole('textbox', { name: 'Text' });
  const was = await text.inputValue();
  await text.fill(`${was}\nPay, or else we sue.`);
  const checks = page.getByRole('region', { name: 'Checks' });
  await expect(checks.getByText('says “sue”')).toBeVisible();
  await expect(checks.getByText('says “or else”')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save' })).toBeDisabled();
  await text.fill(was.replace('{{ table }}', '{{ customer.nickname }}'));
  await expect(checks.getByText('lacks the amount table')).toBeVisible();
  await text.fill(`${was}{{ surprise }}`);
  await expect(checks.getByText('uses an unknown variable surprise')).toBeVisible();
  await text.fill(`${was}{{ total | `);
  await expect(checks.getByText('has a tag that is not closed')).toBeVisible();
  await checks.getByRole('button', { name: /English · Text · line/ }).click();
  await expect(text).toBeFocused();
  // Closing the tab in mid-edit loses nothing.
  await page.reload();
  await expect(page.getByText('This browser has unsaved changes')).toBeVisible();
  await page.getByRole('button', { name: 'Drop them' }).click();
  await expect(text).toHaveValue(was);
});

test('a test goes to oneself and is kept apart from customers’ messages', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/messages/overdue-sms');
  await expect(page.getByText(/characters, sent as \d+ SMS; room for \d+ more/)).toBeVisible();
  await page.getByRole('button', { name: 'Send to myself' }).click();
  await expect(page.getByText(/Sent to the sandbox/)).toBeVisible();
  await open(page, '/messages?tab=tests');
  await expect(page.getByRole('main').getByRole('listitem').first()).toContainText('Sent');
});

test('prepared answers are found, changed and put back', async ({ page }) => {
  await speak(page, 'en');
  await open(page, '/messages?tab=answers');
  expect(await page.getByRole('main').getByRole('listitem').count()).toBeGreaterThanOrEqual(12);
  await page.getByRole('searchbox', { name: 'Search answers' }).fill('cash is tight');
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1);
  await page.getByRole('button', { name: 'Edit the answer to “Cash is tight at the moment”' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByLabel('Answer (English)').fill('Let us find a way together.');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await expect(drawer).toBeHidden();
  await expect(page.getByText('Let us find a way together.', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: /Edit the answer to/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore as shipped' }).click();
  await expect(page.getByText('Thank you for being open about it')).toBeVisible();
});

test('the list of forbidden words is the workspace’s own', async ({ page }) => {
  await speak(page, 'zh-CN');
  await open(page, '/messages?tab=wording');
  const word = `务必${Date.now()}`;
  const words = page.getByRole('combobox', { name: '中文' });
  await words.fill(word);
  await words.press('Enter');
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('已保存', { exact: true })).toBeVisible();
  await open(page, '/messages/statement');
  const text = page.getByRole('region', { name: '中文' }).getByRole('textbox', { name: '正文' });
  await text.fill(`${await text.inputValue()}请${word}`);
  await expect(page.getByText(`含有禁用措辞“${word}”`)).toBeVisible();
  await settled(page);
  await open(page, '/messages?tab=wording');
  await page.getByRole('button', { name: '恢复默认列表' }).click();
  await page.getByRole('button', { name: '保存' }).click();
  await expect(page.getByText('已保存', { exact: true })).toBeVisible();
});
