/**
 * Pictures of the screens in every state a person may meet: full (a demo in which things happened), empty (a workspace
 * set up a moment ago), loading (the server takes for ever), error (it answers 500), in the dark, on a phone, in both
 * languages; to be looked at by eye. Starts servers of its own and ends them.
 * usage: node states.mjs BINARY FOLDER [NAME...]   only pictures whose names hold one of the NAMEs
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { demo, fresh } from './states/scene.mjs';
import { outside, screens } from './states/screens.mjs';
import { start, stopAll } from './states/server.mjs';

const [binary = '', folder = '', ...only] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const atOnce = Number(process.env.AT_ONCE ?? 2);

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--headless', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});

const asked = /\/api\/v1\/(?!session|setup|clock|live)/;
const problem = { status: 500, key: 'internal', requestId: 'r-42' };
const states = {
  full: {},
  dark: { colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true },
  empty: {},
  loading: { answer: () => new Promise(() => {}) },
  error: {
    answer: (route) =>
      route.fulfill({ status: 500, contentType: 'application/problem+json', body: JSON.stringify(problem) }),
  },
};
const languages = ['en', 'zh-CN'];
const wanted = (file) => only.length === 0 || only.some((part) => file.includes(part));

/** Failed questions are asked thrice; what waits for ever is looked at while it waits. */
async function settle(page, state, file) {
  if (state === 'error') return page.waitForTimeout(4500);
  if (state === 'loading') return page.waitForTimeout(1500);
  await page.locator('h1').first().waitFor({ state: 'attached' });
  await page
    .waitForFunction(() => !document.querySelector('[aria-busy="true"], .lines'))
    .catch(() => console.log(`${file}: still waits`));
}

async function picture({ server, state, lang, file, path, act, out }) {
  const { answer, ...options } = states[state];
  const context = await browser.newContext({
    baseURL: server.origin,
    storageState: out ? undefined : server.storageState,
    viewport: { width: 1440, height: 900 },
    locale: lang,
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    ...options,
  });
  const page = await context.newPage();
  page.zh = lang === 'zh-CN';
  page.setDefaultTimeout(8000);
  page.on('pageerror', (error) => console.log(`${file}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load'))
      console.log(`${file}: ${message.text().split('\n').slice(0, 3).join(' ')}`);
  });
  await page.addInitScript((chosen) => {
    // The preview of a message is a frame without storage.
    if (window !== window.top) return;
    localStorage.setItem('dueflow.language', chosen);
    sessionStorage.setItem('dueflow.left', '1'); // a demo would sign in by itself
    Object.assign(window, { dueflowTest: true });
  }, lang);
  if (answer) await page.route((url) => asked.test(url.pathname), answer);
  await page.goto(path);
  await settle(page, state, file).catch((error) => console.log(`${file}: ${error.message.split('\n')[0]}`));
  await act?.(page).catch((error) => console.log(`${file}: ${error.message.split('\n')[0]}`));
  await page.waitForTimeout(700);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  if (over > 0) console.log(`${file}: runs out of the page by ${over} px`);
  await page.screenshot({ path: join(folder, `${file}.png`) });
  await context.close();
}

/** Every picture there is to take. What cannot be empty, wait or fail is taken in the states that are left. */
function list(servers) {
  const jobs = [];
  for (const state of Object.keys(states)) {
    const server = state === 'empty' ? servers.fresh : servers.demo;
    const there = state === 'full' || state === 'dark' || state === 'phone';
    const shown = screens(server).filter(({ once }) => there || !once);
    for (const lang of languages)
      for (const screen of there ? [...shown, ...outside(server)] : shown)
        jobs.push({ ...screen, server, state, lang, file: `${screen.name}-${state}-${lang}` });
  }
  jobs.push(
    ...languages.flatMap((lang) =>
      ['full', 'dark', 'phone'].map((state) => ({
        path: servers.setup,
        out: true,
        server: { origin: new URL(servers.setup).origin },
        state,
        lang,
        file: `setup-${state}-${lang}`,
      })),
    ),
  );
  return jobs.filter(({ file }) => wanted(file));
}

try {
  const [setup, link, address] = await Promise.all([
    start(binary, /http:\/\/\S+\/setup#\S+/),
    start(binary, /http:\/\/\S+\/setup#\S+/),
    start(binary, /http:\/\/127\S+/, '--demo', '--demo-day', '10m'),
  ]);
  const servers = {
    setup,
    fresh: { run: '', message: '', customer: 'nobody', ...(await fresh(browser, link)) },
    demo: await demo(browser, new URL(address).origin),
  };
  const jobs = list(servers);
  const worker = async () => {
    for (let job = jobs.shift(); job; job = jobs.shift())
      await picture(job).catch((error) => console.log(`${job.file}: ${error.message.split('\n')[0]}`));
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
} finally {
  await browser.close();
  await stopAll();
}
