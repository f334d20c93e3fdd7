import { expect, test } from '@playwright/test';
import { open } from './helpers';

/** First-load JavaScript, compressed, in KiB; and no single file above the last figure. */
const budgets: [path: string, kib: number][] = [
  ['/board', 310],
  ['/flows/demo-friendly', 390],
  ['/forms/customer', 480],
];
const largest = 210;

for (const [path, budget] of budgets) {
  test(`${path} loads at most ${budget} KiB of JavaScript`, async ({ page }) => {
    await open(page, path); // signs in
    await open(page, path);
    const files = await page.evaluate(() =>
      performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.endsWith('.js'))
        .map((entry) => ({
          name: entry.name,
          size: (entry as PerformanceResourceTiming).encodedBodySize / 1024,
        })),
    );
    const total = files.reduce((sum, { size }) => sum + size, 0);
    const most = Math.max(...files.map(({ size }) => size));
    console.log(
      `${path}: ${total.toFixed(0)} KiB in ${files.length} files, the largest ${most.toFixed(0)} KiB`,
    );
    expect(files.length).toBeGreaterThan(3);
    expect(total).toBeLessThanOrEqual(budget);
    expect(most).toBeLessThanOrEqual(largest);
  });
}

test('no page asks for what the content policy forbids', async ({ page }) => {
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content Security Policy/.test(message.text())) refused.push(message.text());
  });
  for (const path of [
    '/today',
    '/board',
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
