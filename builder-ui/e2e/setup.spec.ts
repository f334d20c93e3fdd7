import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, settled, speak } from './helpers';

const link = process.env.DUEFLOW_SETUP_URL;

/** A fresh server prints its link once, so this runs only when somebody passes that link on. */
test.describe('first run', () => {
  test.skip(!link, 'DUEFLOW_SETUP_URL is not set: pass the one-time link of a fresh server');

  test('the wizard leads from the printed link to a working day', async ({ page }) => {
    test.setTimeout(180_000);
    await speak(page, 'en');
    await page.goto(link ?? '');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expectAccessible(page);

    await page.getByLabel('Company name').fill('Harbour Trading');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByLabel('E-mail')).toBeVisible();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('Please fill this in').first()).toBeVisible();
    await page.getByLabel('Name', { exact: true }).fill('Ada Chen');
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password').fill('a long enough password');
    await page.getByRole('button', { name: 'Continue' }).click();

    await expect(page.getByText('Time zone')).toBeVisible();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Continue' }).click();

    await page
      .getByRole('radio', { name: /sample/i })
      .first()
      .check();
    await expectAccessible(page);
    await page.locator('.setup-foot .ant-btn-primary').click();

    await expect(page).toHaveURL(/\/today$/, { timeout: 120_000 });
    await expect(page.getByRole('heading', { level: 1, name: 'Today' })).toBeVisible();
    await settled(page);
    await expectAccessible(page);

    // The link has done its work: it leads nowhere a second time.
    await page.goto(link ?? '');
    await expect(page).not.toHaveURL(/\/setup/);
  });
});

/**
 * A browser without a network cannot reach its maker's push service, so what `subscribe` gives is made here, with keys
 * that are real; permission, worker, server and page are the real ones. That sealed notices arrive is tested in Go, at
 * a service on a real socket.
 */
async function withPushService(page: Page) {
  await page.addInitScript(() => {
    let made: PushSubscription | null = null;
    const text = (raw: ArrayBuffer) =>
      btoa(String.fromCharCode(...new Uint8Array(raw)))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
    PushManager.prototype.getSubscription = async () => made;
    PushManager.prototype.subscribe = async () => {
      const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, [
        'deriveBits',
      ]);
      const p256dh = text(await crypto.subtle.exportKey('raw', pair.publicKey));
      const auth = text(crypto.getRandomValues(new Uint8Array(16)).buffer);
      const endpoint = 'https://push.example/send/one';
      made = {
        endpoint,
        toJSON: () => ({ endpoint, keys: { p256dh, auth } }),
        unsubscribe: async () => {
          made = null;
          return true;
        },
      } as unknown as PushSubscription;
      return made;
    };
  });
}

test.describe('notices in the browser', () => {
  test.skip(!link, 'needs the server that was set up above: a demo reaches nobody');

  test('are off until their person wants them, and end with the session', async ({ browser }) => {
    const context = await browser.newContext({ permissions: ['notifications'] });
    const page = await context.newPage();
    await speak(page, 'en');
    await withPushService(page);
    const origin = new URL(link ?? '').origin;
    const signIn = async () => {
      await page.goto(`${origin}/login`);
      await page.getByLabel('E-mail').fill('ada@example.com');
      await page.getByLabel('Password').fill('a long enough password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('heading', { level: 1, name: 'Today' })).toBeVisible();
    };
    await signIn();
    await page.goto(`${origin}/me`);
    const mentions = page.getByRole('switch', { name: 'Somebody mentions me: in browsers' });
    await expect(mentions).not.toBeChecked();
    await mentions.click();
    await expect(mentions).toBeChecked();
    await page.getByRole('button', { name: 'Show notices in this browser' }).click();
    await expect(page.getByText('This browser shows what you chose above')).toBeVisible();
    await settled(page);
    await expectAccessible(page);
    const on = async () => (await (await page.request.get(`${origin}/api/v1/notices/browser`)).json()).on;
    expect(await on()).toBe(true);

    // Signing out ends it; the same person gets it back with their next session here.
    await context.clearCookies();
    await signIn();
    await expect.poll(on).toBe(true);
    await page.goto(`${origin}/me`);
    await page.getByRole('button', { name: 'Stop showing them here' }).click();
    await expect(page.getByRole('button', { name: 'Show notices in this browser' })).toBeVisible();
    expect(await on()).toBe(false);
    await context.close();
  });
});
