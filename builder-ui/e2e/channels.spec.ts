import { expect, test } from '@playwright/test';
import { expectAccessible, languages, open, settled, speak } from './helpers';

const words = {
  en: {
    call: 'Settings of Phone call',
    hook: 'Settings of Webhook',
    save: 'Save',
    ready: 'Ready',
    required: 'Please fill this in',
    sms: 'Settings of SMS',
    more: 'More settings',
    service: 'Address of the service',
    aliyun: 'Aliyun',
    copy: 'Copy the address',
  },
  'zh-CN': {
    call: '人工电话的设置',
    hook: '语音电话的设置',
    save: '保存',
    ready: '可用',
    required: '请填写此项',
    sms: '短信的设置',
    more: '更多设置',
    service: '服务地址',
    aliyun: '阿里云',
    copy: '复制地址',
  },
} as const;

for (const lang of languages) {
  test.describe(lang, () => {
    const t = words[lang];

    test('a channel is set up by keyboard, and its form says what is missing', async ({ page }) => {
      await speak(page, lang);
      await open(page, '/settings/channels');
      const opener = page.getByRole('button', { name: t.hook });
      await opener.focus();
      await page.keyboard.press('Enter');
      const form = page.getByRole('dialog');
      await expect(form).toBeVisible();
      await form.getByRole('button', { name: t.save }).focus();
      await page.keyboard.press('Enter');
      await expect(form.getByText(t.required).first()).toBeVisible();
      await form.getByRole('textbox').first().fill('ftp://example.com');
      await form.getByRole('button', { name: t.save }).click();
      await expect(form.locator('.ant-form-item-explain-error')).toBeVisible(); // the server's word
      await settled(page);
      await form.getByRole('textbox').first().fill('https://example.com/hook');
      await form.locator('input[type=password]').first().fill('geheim');
      await form.getByRole('button', { name: t.save }).click();
      await expect(form).toBeHidden();
      await opener.click();
      await expect(form.getByRole('button', { name: t.copy })).toBeVisible();
      await expect(form.locator('input[type=password]').first()).toHaveValue('');
      await page.mouse.move(0, 0);
      await expectAccessible(page);
      const stored = await page.request.get('/api/v1/channel-settings');
      expect(await stored.text()).not.toContain('geheim');
    });

    test('the fields of a provider follow the choice', async ({ page }) => {
      await speak(page, lang);
      await open(page, '/settings/channels');
      await page.getByRole('button', { name: t.sms }).click();
      const form = page.getByRole('dialog');
      await expect(form.getByLabel('Account SID')).toHaveCount(0);
      await form.getByRole('combobox').first().click();
      await page.getByTitle('Twilio').click();
      await expect(form.getByLabel('Account SID')).toBeVisible();
      // An address of one provider's service would get the keys of the next.
      await form.getByText(t.more).click();
      await form.getByLabel(t.service).fill('https://sms.example.com');
      await form.getByRole('combobox').first().click();
      await page.getByTitle(t.aliyun).click();
      await expect(form.getByLabel(t.service)).toHaveValue('');
      await page.mouse.move(0, 0);
      await expectAccessible(page);
    });
  });
}
