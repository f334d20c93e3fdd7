import { expect, test } from '@playwright/test';
import { open } from './helpers';

test('no page asks for what the content policy forbids', async ({ page }) => {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  for (const path of [
    '/today',
    '/flows/demo-friendly',
    '/forms/customer',
    '/messages',
    '/settings/workspace',
  ])
    await open(page, path);
  const policy = (await page.request.get('/today')).headers()['content-security-policy'] ?? '';
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  expect(refused).toEqual([]);
});
