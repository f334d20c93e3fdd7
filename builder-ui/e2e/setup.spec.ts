import { createHmac } from 'node:crypto';
import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, settled, speak } from './helpers';
import { wordsOf } from './words';

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
    await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
    await expectAccessible(page);

    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByText('Please fill this in').first()).toBeVisible();
    await page.getByLabel('Name', { exact: true }).fill('Ada Chen');
    await page.getByLabel('E-mail').fill('ada@example.com');
    await page.getByLabel('Password').fill('a long enough password');
    await page.getByRole('button', { name: 'Continue' }).click();

    await expect(page.getByText('Time zone')).toBeVisible();
    await expect(page.getByLabel('Working days')).toBeFocused();
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

/** What an authenticator app shows now (RFC 6238). */
function codeOf(secret: string): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll(/[^A-Z2-7]/g, '')]
    .map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0'))
    .join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const sum = createHmac('sha1', key).update(count).digest();
  const at = (sum.at(-1) ?? 0) & 15;
  return String((sum.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

test.describe('ways in', () => {
  test.skip(!link, 'needs the server that was set up above');
  const origin = new URL(link ?? 'http://none').origin;

  /** Ada makes somebody whose role asks for a second factor, and a link to another password for them. */
  async function newPerson(page: Page, lang: Lang) {
    const asAda = { data: { email: 'ada@example.com', password: 'a long enough password' } };
    const { csrf } = await (await page.request.post(`${origin}/api/v1/session`, asAda)).json();
    const headers = { 'X-CSRF-Token': csrf };
    const space = await page.request.get(`${origin}/api/v1/workspace`);
    const { totpRoles } = await space.json();
    if (!totpRoles.includes('collector')) {
      const answer = await page.request.put(`${origin}/api/v1/workspace`, {
        data: { ...(await space.json()), totpRoles: ['collector'] },
        headers: { ...headers, 'If-Match': space.headers().etag ?? '' },
      });
      expect(answer.ok(), await answer.text()).toBe(true);
    }
    const email = `kim.${Date.now()}@example.com`;
    const person = {
      email,
      name: 'Kim',
      password: 'another long password',
      roles: ['collector'],
      teams: [],
      language: lang,
    };
    const made = await page.request.post(`${origin}/api/v1/users`, { data: person, headers });
    expect(made.ok(), await made.text()).toBe(true);
    const { id } = await made.json();
    const reset = await page.request.post(`${origin}/api/v1/users/${id}/reset`, { headers });
    expect(reset.ok(), await reset.text()).toBe(true);
    await page.context().clearCookies();
    return { email, reset: `${origin}${(await reset.json()).path}` };
  }

  for (const lang of languages)
    test(`a lost password, and a second factor that a role asks for, ${lang}`, async ({ browser }) => {
      test.setTimeout(120_000);
      const t = wordsOf(lang);
      const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] });
      const page = await context.newPage();
      await speak(page, lang);
      const { email, reset } = await newPerson(page, lang);
      let shots = 0;
      const step = async (what: string) => {
        shots++;
        await settled(page);
        await expectAccessible(page);
        if (process.env.SHOTS)
          await page.screenshot({ path: `${process.env.SHOTS}/${lang}-in-${shots}-${what}.png` });
      };
      await page.goto(`${origin}/reset`);
      await expect(page.getByRole('heading', { level: 1, name: t('entry.reset') })).toBeVisible();
      await step('ask');
      // Whether there is such a person makes no difference; asking for the real one would end the link they were given.
      await page.getByLabel(t('field.email')).fill(`nobody.${Date.now()}@example.com`);
      await page.getByRole('button', { name: t('entry.ask') }).click();
      await expect(page.getByText(t('entry.asked'))).toBeVisible();
      await step('asked');
      await page.goto(reset);
      await page.locator('input[type="password"]').first().fill('yet another long password');
      await step('choose');
      await page.getByRole('button', { name: t('entry.choose') }).click();
      await expect(page).toHaveURL(/\/login/);
      await step('chosen');
      await page.getByLabel(t('field.email')).fill(email);
      await page.getByLabel(t('field.password')).fill('yet another long password');
      await page.locator('button[type="submit"]').click();
      await expect(page.getByRole('heading', { level: 1, name: t('entry.enrol') })).toBeVisible();
      await step('enrol');
      const code = page.locator('input[autocomplete="one-time-code"]');
      await code.fill('000000');
      await page.getByRole('button', { name: t('entry.totpConfirm') }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await step('wrong');
      await code.fill(codeOf((await page.locator('.totp-secret code').textContent()) ?? ''));
      await page.getByRole('button', { name: t('entry.totpConfirm') }).click();
      await expect(page.getByRole('list', { name: t('entry.codes') }).getByRole('listitem')).not.toHaveCount(
        0,
      );
      await step('codes');
      const kept = await page.locator('.totp-codes li').allTextContents();
      await page.getByRole('button', { name: t('entry.codesCopy') }).click();
      await expect(page.getByRole('button', { name: t('entry.codesCopied') })).toBeVisible();
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(kept.join('\n'));
      await page.getByRole('button', { name: t('entry.codesKept') }).click();
      await expect(page.getByRole('heading', { level: 1, name: t('nav.today') })).toBeVisible();

      // Without the phone, a recovery code lets one in.
      await context.clearCookies();
      await page.goto(`${origin}/login`);
      await page.getByLabel(t('field.email')).fill(email);
      await page.getByLabel(t('field.password')).fill('yet another long password');
      await page.locator('button[type="submit"]').click();
      await expect(code).toBeVisible();
      await step('second');
      await code.fill(kept[0] ?? '');
      await page.locator('button[type="submit"]').click();
      await expect(page.getByRole('heading', { level: 1, name: t('nav.today') })).toBeVisible();

      // A link works once.
      await page.goto('about:blank');
      await page.goto(reset);
      await page.locator('input[type="password"]').first().fill('one more long password');
      await page.getByRole('button', { name: t('entry.choose') }).click();
      await expect(page.getByRole('alert')).toBeVisible();
      await step('used');
      await page.getByRole('link', { name: t('entry.askAgain') }).click();
      await expect(page.getByRole('button', { name: t('entry.ask') })).toBeVisible();
      await context.close();
    });
});
