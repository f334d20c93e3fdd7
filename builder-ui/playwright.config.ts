import { defineConfig } from '@playwright/test';

/** Runs against a server in demo mode; start one, or point DUEFLOW_URL at it. */
export default defineConfig({
  testDir: 'e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  workers: 1,
  // Servers, their demo's days and the browser share a machine that may be busy: what fails once and then passes is
  // told as flaky.
  retries: 1,
  reporter: [['list']],
  use: {
    baseURL: process.env.DUEFLOW_URL ?? 'http://127.0.0.1:8080',
    viewport: { width: 1440, height: 900 },
    timezoneId: 'Asia/Shanghai',
    reducedMotion: 'reduce',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--headless',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
