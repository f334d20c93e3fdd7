/**
 * Pictures of the builder's screens in every state a person may meet: full (a demo), empty (a workspace set up a moment
 * ago), loading (the server takes for ever), error (it answers 500), in the dark, on a phone, in both languages; to be
 * looked at by eye. Starts servers of its own and ends them.
 * usage: node states.mjs BINARY FOLDER [NAME...]   only pictures whose names hold one of the NAMEs
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const [binary = '', folder = '', ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const password = 'a long enough password';
const started = [];

function start(pattern, ...flags) {
  const data = mkdtempSync(join(tmpdir(), 'dueflow-states-'));
  const child = spawn(binary, ['serve', '--data', data, '--listen', '127.0.0.1:0', ...flags]);
  started.push({ child, data });
  return new Promise((resolve, reject) => {
    let said = '';
    const hear = (chunk) => {
      said += chunk;
      const found = pattern.exec(said)?.[0];
      if (found) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('exit', () => reject(new Error(said)));
  });
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

/** A flow of two steps and a form of one field, as somebody has them who has just begun. */
async function setUp(link) {
  const { origin, hash } = new URL(link);
  const context = await browser.newContext({ baseURL: origin });
  const data = {
    token: new URLSearchParams(hash.slice(1)).get('token'),
    language: 'en',
    workspace: { key: 'harbour', name: 'Harbour Trading' },
    admin: { name: 'Ada Chen', email: 'ada@example.com', password },
    calendar: 'weekdays',
    timezone: 'Asia/Shanghai',
    currency: 'CNY',
    sample: false,
  };
  const answer = await context.request.post('/api/v1/setup', { data });
  if (!answer.ok()) throw new Error(await answer.text());
  const headers = { 'X-CSRF-Token': (await answer.json()).csrf };
  const made = await context.request.post('/api/v1/flows', {
    data: { key: 'first', name: { en: 'First flow', 'zh-CN': '第一个流程' }, form: 'invoice' },
    headers,
  });
  if (!made.ok()) throw new Error(await made.text());
  return { origin, storageState: await context.storageState() };
}

async function enter(origin) {
  const context = await browser.newContext({ baseURL: origin });
  const setup = await (await context.request.get('/api/v1/setup')).json();
  await context.request.post('/api/v1/session/demo', { data: { email: setup.demo.users[0].email } });
  const get = async (path) => (await (await context.request.get(`/api/v1${path}`)).json()).items;
  const run = (await get('/runs?limit=1'))[0]?.id ?? '';
  // The first messages go out at nine, in less than a minute.
  let message = '';
  for (let tries = 0; !message && tries < 100; tries++) {
    message = (await get('/messages?limit=1'))[0]?.id ?? '';
    if (!message) await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  return { origin, storageState: await context.storageState(), run, message };
}

const press = (en, zh) => (page) =>
  page
    .getByText(page.zh ? zh : en, { exact: true })
    .first()
    .click();
const button = (en, zh) => (page) =>
  page
    .getByRole('button', { name: new RegExp(`${page.zh ? zh : en}$`) }) // an icon may have a name of its own
    .first()
    .click();

/** Name, address, and what is done there before the picture; `once` in the state "full" only. */
const screens = ({ flow, run, message }) => [
  { name: 'flows', path: '/flows' },
  { name: 'flows-new', path: '/flows', act: button('New flow', '新建流程'), once: true },
  { name: 'flow-designer', path: `/flows/${flow}` },
  {
    name: 'flow-step',
    path: `/flows/${flow}`,
    act: (page) => page.locator('[data-step]').nth(2).click(),
    once: true,
  },
  { name: 'flow-settings', path: `/flows/${flow}`, act: button('Settings', '设置'), once: true },
  { name: 'flow-issues', path: `/flows/${flow}`, act: press('Checklist', '检查清单'), once: true },
  {
    name: 'flow-publish',
    path: `/flows/${flow}`,
    act: button('Publish new version', '发布新版本'),
    once: true,
  },
  { name: 'flow-text', path: `/flows/${flow}/text` },
  { name: 'flow-rehearsal', path: `/flows/${flow}/rehearsal` },
  { name: 'flow-versions', path: `/flows/${flow}/versions` },
  { name: 'flow-runs', path: `/flows/${flow}/runs` },
  { name: 'runs', path: '/runs' },
  { name: 'run', path: `/runs/view?id=${encodeURIComponent(run)}` },
  { name: 'forms', path: '/forms' },
  { name: 'form-design', path: '/forms/customer' },
  {
    name: 'form-field',
    path: '/forms/customer',
    act: (page) => page.locator('[data-item^="field-"]').first().click(),
    once: true,
  },
  { name: 'form-preview', path: '/forms/customer', act: press('Preview', '预览'), once: true },
  { name: 'form-json', path: '/forms/customer', act: press('JSON', 'JSON'), once: true },
  { name: 'messages', path: '/messages' },
  { name: 'messages-answers', path: '/messages?tab=answers' },
  { name: 'messages-wording', path: '/messages?tab=wording' },
  { name: 'messages-tests', path: '/messages?tab=tests' },
  { name: 'message', path: '/messages/overdue-friendly' },
  { name: 'market', path: '/market' },
  { name: 'market-installed', path: '/market?tab=installed' },
  { name: 'market-sources', path: '/market?tab=sources', once: true },
  { name: 'pack', path: '/market/gentle-three-steps' },
  { name: 'pack-install', path: '/market/gentle-three-steps?install=1' },
  { name: 'inbox', path: '/inbox' },
  { name: 'inbox-message', path: `/inbox/${message}` },
];

const asked = /\/api\/v1\/(?!session|setup|clock|live)/;
const states = {
  full: {},
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 } },
  empty: {},
  loading: { answer: () => new Promise(() => {}) },
  error: {
    answer: (route) =>
      route.fulfill({
        status: 500,
        contentType: 'application/problem+json',
        body: JSON.stringify({ status: 500, key: 'internal', requestId: 'r-42' }),
      }),
  },
};

async function picture(server, state, lang, { name, path, act }) {
  const file = `${name}-${state}-${lang}`;
  if (only.length && !only.some((part) => file.includes(part))) return;
  const { answer, ...options } = states[state];
  const context = await browser.newContext({
    baseURL: server.origin,
    storageState: server.storageState,
    viewport: { width: 1440, height: 900 },
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.zh = lang === 'zh-CN';
  page.setDefaultTimeout(4000);
  page.on('pageerror', (error) => console.log(`${file}: ${error.message}`));
  await page.addInitScript((chosen) => {
    // The preview of a message is a frame without storage.
    if (window === window.top) localStorage.setItem('dueflow.language', chosen);
  }, lang);
  if (answer) await page.route((url) => asked.test(url.pathname), answer);
  await page.goto(path);
  // Failed questions are asked thrice; what waits for ever is looked at while it waits.
  if (state === 'error') await page.waitForTimeout(4500);
  else if (state === 'loading') await page.waitForTimeout(1500);
  else {
    await page.locator('h1').first().waitFor({ state: 'attached' });
    await page
      .waitForFunction(() => !document.querySelector('[aria-busy="true"], .line'))
      .catch(() => console.log(`${file}: still waits`));
  }
  await act?.(page).catch((error) => console.log(`${file}: ${error.message.split('\n')[0]}`));
  await page.waitForTimeout(700);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (over > 0) console.log(`${file}: runs out of the page by ${over} px`);
  await page.screenshot({ path: join(folder, `${file}.png`) });
  await context.close();
}

try {
  const link = await start(/http:\/\/\S+\/setup#\S+/);
  const address = await start(/http:\/\/127\S+/, '--demo', '--demo-day', '10m');
  const demo = await enter(new URL(address).origin);
  const fresh = await setUp(link);
  for (const state of Object.keys(states)) {
    const isEmpty = state === 'empty';
    const server = isEmpty ? fresh : demo;
    const list = screens({
      flow: isEmpty ? 'first' : 'demo-friendly',
      run: demo.run,
      message: isEmpty ? '' : demo.message,
    });
    for (const lang of ['en', 'zh-CN'])
      for (const screen of list)
        if (!screen.once || state === 'full') await picture(server, state, lang, screen);
  }
} finally {
  await browser.close();
  for (const { child, data } of started) {
    child.kill();
    await new Promise((resolve) => child.once('exit', resolve));
    rmSync(data, { recursive: true, force: true });
  }
}
