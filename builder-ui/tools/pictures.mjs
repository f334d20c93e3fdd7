/**
 * Takes the README's pictures anew from a demo that has run for a minute or two. Those of a morning and of the
 * customer's own page come from the browser tests (SHOTS=folder).
 * usage: node pictures.mjs ADDRESS [FOLDER [NAME...]]
 */
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const [address = 'http://127.0.0.1:8080', folder = '../server/docs/img'] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

/** Some names may be given: only those pictures are taken. */
const only = process.argv.slice(4);

async function open(lang) {
  const context = await browser.newContext({
    baseURL: address,
    viewport: { width: 1440, height: 900 },
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
  });
  const { demo } = await (await context.request.get('/api/v1/setup')).json();
  // The first of the demo's people may do everything.
  const answer = await context.request.post('/api/v1/session/demo', {
    data: { email: demo?.users[0].email },
  });
  if (!answer.ok()) throw new Error(`not a demo: ${answer.status()}`);
  const page = await context.newPage();
  await page.addInitScript((chosen) => {
    if (window === window.top) localStorage.setItem('dueflow.language', chosen);
  }, lang);
  return page;
}

const settled = (page) =>
  page.waitForFunction(
    () => document.querySelector('h1') && !document.querySelector('[aria-busy="true"], .line'),
  );

async function picture(name, lang, path, act) {
  if (only.length && !only.includes(name)) return;
  const page = await open(lang);
  await page.goto(typeof path === 'string' ? path : await path(page));
  await settled(page);
  await act?.(page);
  await page.waitForTimeout(800);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.context().close();
}

const read = async (page, path) => (await page.request.get(`/api/v1${path}`)).json();

/** Somebody who hears from us next, with some invoices and a history. */
async function customer(page) {
  const { columns } = await read(page, '/boards/collection/cards?column=followUp&limit=30');
  for (const { id } of columns[0].items) {
    const { account, next } = await read(page, `/customers/${id}`);
    const open = account.items.filter((item) => item.open > 0).length;
    if (open >= 3 && open <= 6 && next && !next.blocked) return `/customers/${id}`;
  }
  return `/customers/${columns[0].items[0].id}`;
}

const message = async (page) => `/inbox/${(await read(page, '/messages?limit=1')).items[0].id}`;

await picture('today-zh', 'zh-CN', '/today');
await picture('designer', 'en', '/flows/demo-friendly', async (page) => {
  await page.locator('[data-step]').nth(2).click();
  await settled(page);
});
await picture('rehearsal', 'en', '/flows/demo-friendly/rehearsal', async (page) => {
  await page.getByRole('button', { name: 'Start rehearsal' }).click();
  await page.getByRole('button', { name: 'Start rehearsal' }).waitFor();
});
await picture('form-designer', 'en', '/forms/customer', (page) =>
  page.locator('[data-item^="field-"]').first().click(),
);
await picture('messages', 'en', '/messages/overdue-friendly');
await picture('customer-en', 'en', customer);
await picture('market-zh', 'zh-CN', '/market');
await picture('inbox-zh', 'zh-CN', message);
await browser.close();
