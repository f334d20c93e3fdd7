import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import { byHand, type Stop, stops } from './channelStops';
import { describe, type Field, labelled, Walk } from './channelWalk';
import { expectAccessible, languages, open, settled, speak } from './helpers';
import { mailServer } from './mail';
import { type Got, type Provider, provider } from './providers';
import { pushService } from './providersPush';
import { type Fresh, freshServer } from './servers';

const binary = process.env.DUEFLOW_BINARY;

/** What arrived is the test, in the language of the page. */
function expectTest(walk: Walk, stop: Stop, got: Got[]) {
  expect(got, `${stop.name}: what the provider got`).toHaveLength(1);
  expect(got[0]?.to).toBe(stop.reaches);
  for (const words of [...(stop.says ?? []), ...(stop.template ? [] : [walk.text])])
    expect(got[0]?.text).toMatch(words);
}

async function visit(walk: Walk, stop: Stop, there: Provider) {
  const about = describe(stop.folder);
  const title = about.title[walk.lang];
  await walk.openSettings(title);
  await walk.fill(about, stop.fields(there.url));
  await walk.shot(`${stop.name}-form`);
  if (stop.to) await walk.drawer.getByLabel(whereOf(walk, stop)).fill(stop.to);
  else await expect(walk.drawer.getByText(whereOf(walk, stop))).toBeVisible();
  await walk.send();
  const to = stop.place ? { place: stop.place } : (stop.to ?? '');
  await walk.seeSent(to);
  expectTest(walk, stop, there.got);
  await walk.shot(`${stop.name}-sent`);
  if (stop.phone) {
    await walk.onPhone(stop.name);
    await walk.page.mouse.move(0, 0);
    await expectAccessible(walk.page);
  }
  if (stop.refusal) {
    there.refuse(true);
    await walk.send();
    await walk.seeRefused(to, stop.refusal);
    await walk.shot(`${stop.name}-refused`);
    expect(there.got).toHaveLength(1);
  }
  await walk.close(title);
}

/** What the page says above the button: what to type, or where it goes. */
function whereOf({ t }: Walk, { folder, place }: Stop): string {
  const kinds: Record<string, string> = { wecomapp: 'member', wechat: 'follower' };
  return t(`channels.testWhere.${place ?? kinds[folder] ?? 'number'}`);
}

async function visitMail(walk: Walk) {
  const mail = await mailServer((to) =>
    to === 'gone@example.com' ? '550 5.1.1 no such mailbox here' : undefined,
  );
  try {
    const about = describe('email');
    const title = about.title[walk.lang];
    await walk.openSettings(title);
    await walk.fill(about, {
      host: '127.0.0.1',
      port: String(mail.port),
      tls: { choose: 'none' },
      from: `${walk.company} <ar@harbour.example.com>`,
      replyTo: 'answers@harbour.example.com',
    });
    await walk.shot('email-form');
    await walk.send();
    await walk.seeSent('ada@example.com'); // nobody was named: it goes to the one who tests
    expect(mail.mails.map(({ from, to }) => ({ from, to }))).toEqual([
      { from: 'ar@harbour.example.com', to: ['ada@example.com'] },
    ]);
    expect(mail.mails[0]?.text).toContain('Reply-To: <answers@harbour.example.com>');
    await walk.shot('email-sent');
    await walk.onPhone('email');
    await walk.drawer.getByLabel(walk.t('channels.testWhere.mail')).fill('gone@example.com');
    await walk.send();
    await walk.seeRefused('gone@example.com', {
      reason: 'reason.channel.refused',
      words: '550 5.1.1 no such mailbox here',
    });
    await walk.shot('email-refused');
    expect(mail.mails).toHaveLength(1);
    await walk.close(title);
  } finally {
    await mail.stop();
  }
}

/**
 * A browser without a network cannot reach its maker's push service, so `subscribe` gives an address on this machine
 * with keys that are real. Permission, worker, server and page are the real ones.
 */
async function visitPush(
  walk: Walk,
  subscribe: ReturnType<typeof pushService>['subscribe'],
  there: Provider,
) {
  await walk.page.exposeFunction('browserKeys', subscribe);
  await walk.page.evaluate((endpoint) => {
    PushManager.prototype.subscribe = async (options) => {
      const key = new Uint8Array(options?.applicationServerKey as ArrayBuffer);
      const text = btoa(String.fromCharCode(...key))
        .replaceAll('+', '-')
        .replaceAll('/', '_')
        .replaceAll('=', '');
      const scope = window as unknown as { browserKeys: (key: string) => Promise<Record<string, string>> };
      const keys = await scope.browserKeys(text);
      return { endpoint, toJSON: () => ({ endpoint, keys }) } as unknown as PushSubscription;
    };
  }, `${there.url}/send/one`);
  const about = describe('push');
  const title = about.title[walk.lang];
  await walk.openSettings(title);
  await walk.fill(about, { subject: 'mailto:ar@harbour.example.com' });
  await walk.drawer.getByRole('button', { name: walk.t('channels.makeKeys') }).click();
  const { publicKey, privateKey } = about.settings.properties;
  const box = (field?: Field) => walk.drawer.getByLabel(labelled(field?.['x-df-title'][walk.lang] ?? ''));
  await expect(box(publicKey)).toHaveValue(/^[\w-]{87}$/);
  await expect(box(privateKey)).toHaveAttribute('type', 'password');
  await walk.shot('push-form');
  await walk.send();
  await walk.seeSent({ place: 'browser' });
  expect(there.got).toEqual([{ to: '/send/one', text: expect.stringContaining(walk.text) }]);
  await walk.shot('push-sent');
  await walk.close(title);
}

async function visitByHand(walk: Walk, stop: Stop) {
  const about = describe(stop.folder);
  const title = about.title[walk.lang];
  await walk.openSettings(title);
  await walk.fill(about, stop.fields(''));
  await walk.shot(`${stop.name}-form`);
  await expect(walk.drawer.getByText(walk.t('channels.testByHand'))).toBeVisible();
  await expect(walk.drawer.getByRole('button', { name: walk.t('channels.testSend') })).toHaveCount(0);
  await walk.drawer.getByRole('button', { name: walk.t('action.save'), exact: true }).click();
  await expect(walk.drawer).toBeHidden();
  await walk.seeReady(title);
}

async function setUp(page: Page, server: Fresh, walk: Walk) {
  const answer = await page.request.post(`${server.url}/api/v1/setup`, {
    data: {
      token: new URL(server.link).hash.slice(1).replace(/^.*=/, ''),
      language: walk.lang,
      workspace: { key: 'harbour', name: walk.company },
      admin: {
        name: walk.lang === 'en' ? 'Ada Chen' : '陈雅达',
        email: 'ada@example.com',
        password: 'a long enough password',
      },
      timezone: 'Asia/Shanghai',
      currency: 'CNY',
    },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

test.describe('every channel', () => {
  test.skip(!binary, 'DUEFLOW_BINARY is not set: say which server to start');

  for (const lang of languages)
    test(`is set up, and sends a test that arrives, ${lang}`, async ({ browser }) => {
      test.setTimeout(180_000);
      const server = await freshServer(binary ?? '', '--allow-private');
      const providers: Provider[] = [];
      const speaking = async (speaks: Parameters<typeof provider>[0]) => {
        const made = await provider(speaks);
        providers.push(made);
        return made;
      };
      let context: BrowserContext | undefined;
      try {
        context = await browser.newContext({
          permissions: ['notifications'],
          reducedMotion: 'reduce',
          timezoneId: 'Asia/Shanghai',
          viewport: { width: 1440, height: 900 },
        });
        const page = await context.newPage();
        page.setDefaultTimeout(15_000);
        await speak(page, lang);
        const walk = new Walk(page, lang);
        await setUp(page, server, walk);
        await open(page, `${server.url}/settings/channels`);
        await test.step('email', () => visitMail(walk));
        for (const stop of stops)
          await test.step(stop.name, async () => {
            if (stop.speaks) await visit(walk, stop, await speaking(stop.speaks));
          });
        await test.step('push', async () => {
          const { speaks, subscribe } = pushService();
          await visitPush(walk, subscribe, await speaking(speaks));
        });
        for (const stop of byHand) await test.step(stop.name, () => visitByHand(walk, stop));

        await test.step('all of them are ready, and no secret comes back', async () => {
          const list = await page.request.get(`${server.url}/api/v1/channel-settings`);
          const { items } = (await list.json()) as { items: { set: boolean; settings: object }[] };
          expect(items.length).toBeGreaterThanOrEqual(14);
          expect(items.every(({ set }) => set)).toBe(true);
          const told = JSON.stringify(items.map(({ settings }) => settings));
          for (const secret of [
            'aliyun secret',
            'twilio token',
            'voice token',
            'whsec_',
            'SEC of',
            'corp secret',
          ])
            expect(told).not.toContain(secret);
          await page.reload();
          await settled(page);
          await expect(page.getByText(walk.t('channels.state.ready'), { exact: true })).toHaveCount(
            items.length,
          );
          await walk.shot('list');
          await walk.onPhone('list');
          await expectAccessible(page);
        });
      } finally {
        await context?.close();
        await Promise.all(providers.map(({ stop }) => stop()));
        await server.stop();
      }
    });
});
