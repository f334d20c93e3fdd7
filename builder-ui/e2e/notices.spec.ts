import { expect, test, type Worker } from '@playwright/test';
import { open, speak } from './helpers';

type Registration = { registrationId: string; scopeURL: string };
type Scope = {
  registration: ServiceWorkerRegistration;
  clients: { openWindow: (url: string) => Promise<unknown> };
  NotificationEvent: new (type: string, init: { notification: Notification }) => Event;
  opened: string[];
} & EventTarget;

const shown = (worker: Worker) =>
  worker.evaluate(async () => {
    const list = await (self as unknown as Scope).registration.getNotifications();
    return list.map(({ title, body, tag }) => ({ title, body, tag }));
  });

/** Clicks the only notice, and gives what the worker opened then; a test has no hand to open a window with. */
const click = (worker: Worker) =>
  worker.evaluate(async () => {
    const scope = self as unknown as Scope;
    scope.opened = [];
    scope.clients.openWindow = async (url) => {
      scope.opened.push(url);
    };
    const [notification] = await scope.registration.getNotifications();
    if (notification) scope.dispatchEvent(new scope.NotificationEvent('notificationclick', { notification }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    return scope.opened;
  });

// The page's own consent and subscription are tested with the server's keys in setup.spec.ts and in Go; here is what the
// browser does with a message that has come.
test('a message from the server becomes a notice, and its click leads to the account', async ({
  browser,
}) => {
  const context = await browser.newContext({ permissions: ['notifications'] });
  const page = await context.newPage();
  await speak(page, 'en');
  await open(page, '/today');
  const origin = new URL(page.url()).origin;
  const line = await context.newCDPSession(page);
  const registered = new Promise<string>((resolve) => {
    line.on(
      'ServiceWorker.workerRegistrationUpdated',
      ({ registrations }: { registrations: Registration[] }) => {
        const ours = registrations.find(({ scopeURL }) => scopeURL === `${origin}/`);
        if (ours) resolve(ours.registrationId);
      },
    );
  });
  await line.send('ServiceWorker.enable');
  await page.evaluate(async () => {
    await navigator.serviceWorker.register('/desk-sw.js');
    await navigator.serviceWorker.ready;
  });
  const registrationId = await registered;
  const [worker] = context.serviceWorkers();
  if (!worker) throw new Error('no service worker');
  const push = (data: string) =>
    line.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data });

  await push('not what a server of ours says');
  await push(
    JSON.stringify({
      title: 'Mara mentioned you',
      body: '苏州蓝湖 𠮷',
      lang: 'en',
      tag: 'n1',
      url: '/customers/c1',
    }),
  );
  await expect
    .poll(() => shown(worker))
    .toEqual([{ title: 'Mara mentioned you', body: '苏州蓝湖 𠮷', tag: 'n1' }]);
  expect(await click(worker)).toEqual([`${origin}/customers/c1`]);
  expect(await shown(worker)).toEqual([]);

  // Nobody is led away from here.
  await expect(async () => {
    // The tools' pushes come without a receipt: one of the same tag takes the place of the one before.
    await push(JSON.stringify({ title: 'Elsewhere', tag: 'n2', url: 'https://elsewhere.example/' }));
    await expect.poll(async () => (await shown(worker)).length, { timeout: 3000 }).toBe(1);
  }).toPass({ timeout: 15_000 });
  expect(await click(worker)).toEqual([]);
  await context.close();
});
