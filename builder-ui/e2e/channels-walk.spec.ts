import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, expect, type Locator, type Page, test } from '@playwright/test';
import { byHand, type Entry, type Stop, stops } from './channelStops';
import { expectAccessible, type Lang, languages, open, settled, speak } from './helpers';
import { mailServer } from './mail';
import { type Got, type Provider, provider } from './providers';
import { pushService } from './providersPush';
import { type Fresh, freshServer } from './servers';
import { wordsOf } from './words';

const binary = process.env.DUEFLOW_BINARY;
const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => JSON.parse(readFileSync(root + path, 'utf8'));

type Words = Record<Lang, string>;
type Field = {
  'x-df-title': Words;
  'x-df-secret'?: boolean;
  'x-df-advanced'?: boolean;
  'x-df-labels'?: Record<string, Words>;
};
type Description = { title: Words; settings: { properties: Record<string, Field> } };

const describe = (folder: string): Description => read(`workflows/channel/${folder}/channel.json`);
const escaped = (words: string) => words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A label, and what marks it as not needed. */
const labelled = (words: string) => new RegExp(`^${escaped(words)}(\\s*[（(][^)）]+[)）])?$`);

type Place = { place: 'group' | 'address' | 'browser' };

class Walk {
  readonly t: ReturnType<typeof wordsOf>;
  readonly said: Record<string, string>;
  readonly company: string;
  private width = 1440;

  constructor(
    readonly page: Page,
    readonly lang: Lang,
  ) {
    this.t = wordsOf(lang);
    this.said = read(`server/text/${lang}.json`);
    this.company = lang === 'en' ? 'Harbour Trading' : '海港贸易';
  }

  get drawer(): Locator {
    return this.page.getByRole('dialog');
  }
  get tested(): Locator {
    return this.drawer.getByRole('region', { name: this.t('channels.test') }).getByRole('status');
  }
  /** What a test says in the language of the page. */
  get text(): string {
    return this.said['channel.testText']?.replace('{company}', this.company) ?? '';
  }

  /** A picture as high as what is in the drawer. */
  async shot(name: string) {
    if (!process.env.SHOTS) return;
    await settled(this.page);
    await this.page.waitForTimeout(250);
    const over = await this.page.evaluate(() => {
      const scrolled = document.querySelector('.ant-drawer-body, body:not(:has(.ant-drawer-body)) .main');
      return scrolled ? scrolled.scrollHeight - scrolled.clientHeight : 0;
    });
    const { height } = this.page.viewportSize() ?? { height: 900 };
    await this.page.setViewportSize({ width: this.width, height: height + over });
    await this.page.screenshot({ path: `${process.env.SHOTS}/${this.lang}-${name}.png` });
    await this.page.setViewportSize({ width: this.width, height });
  }

  /** The same on a phone, where nothing may run out of the page. */
  async onPhone(name: string) {
    this.width = 390;
    await this.page.setViewportSize({ width: 390, height: 844 });
    await settled(this.page);
    const over = await this.page.evaluate(() => {
      const body = document.querySelector('.ant-drawer-body') ?? document.documentElement;
      return body.scrollWidth - body.clientWidth;
    });
    expect(over, name).toBeLessThanOrEqual(0);
    await this.shot(`${name}-phone`);
    this.width = 1440;
    await this.page.setViewportSize({ width: 1440, height: 900 });
  }

  async openSettings(title: string) {
    const name = this.t('channels.openNamed', { name: title });
    await this.page.getByRole('button', { name, exact: true }).click();
    await expect(this.drawer).toBeVisible();
  }

  async fill({ settings }: Description, entries: Record<string, Entry>) {
    for (const [name, entry] of Object.entries(entries)) {
      const field = settings.properties[name];
      if (!field) throw new Error(`no field ${name}`);
      if (field['x-df-advanced']) await this.unfold();
      const title = field['x-df-title'][this.lang];
      if (typeof entry === 'string') {
        const box = this.drawer.getByLabel(labelled(title));
        await box.fill(entry);
        if (field['x-df-secret']) await expect(box).toHaveAttribute('type', 'password');
      } else if ('choose' in entry) {
        const option = field['x-df-labels']?.[entry.choose]?.[this.lang] ?? entry.choose;
        await this.drawer.getByLabel(labelled(title)).click();
        await this.page.locator('.ant-select-item-option').getByText(option, { exact: true }).click();
      } else await this.register(entry);
    }
  }

  async unfold() {
    const more = this.drawer.locator('details');
    if ((await more.getAttribute('open')) === null) await more.locator('summary').click();
  }

  /** A line that says which of the provider's templates stands for which of our messages. */
  async register({ code, variables }: { code: string; variables: string[] }) {
    const en = this.lang === 'en';
    await this.drawer.getByRole('button', { name: this.t('schema.addRow') }).click();
    await this.drawer.getByLabel(en ? 'Message' : '消息模板', { exact: true }).click();
    await this.page
      .locator('.ant-select-item-option')
      .getByText(this.t('channels.anyTemplate'), { exact: true })
      .click();
    await this.drawer.getByLabel(en ? 'Code' : '模板编号', { exact: true }).fill(code);
    const names = this.drawer.getByLabel(en ? 'Variables' : '变量', { exact: true });
    for (const variable of variables) {
      await names.fill(variable);
      await names.press('Enter');
    }
    await names.press('Tab');
  }

  async send() {
    await this.drawer.getByRole('button', { name: this.t('channels.testSend') }).click();
  }

  /** What the page says of a test to somebody, or to a place that it has words for. */
  private outcome(status: 'sent' | 'failed', to: string | Place) {
    return typeof to === 'string'
      ? this.t(`channels.tested.${status}`, { to })
      : this.t(`channels.testedThere.${status}`, { to: this.t(`channels.testPlace.${to.place}`) });
  }

  async seeSent(to: string | Place) {
    await expect(this.tested).toContainText(this.outcome('sent', to));
  }

  /** The page says that it was not sent, why in its own language, and the provider's own words. */
  async seeRefused(to: string | Place, { reason, words }: { reason: string; words: string }) {
    await expect(this.tested).toContainText(this.outcome('failed', to));
    // Written as the start of a sentence.
    await expect(this.tested).toContainText(this.said[reason] ?? `no text ${reason}`, { ignoreCase: true });
    await expect(this.tested).toContainText(words);
  }

  async close(title: string) {
    await this.drawer.getByRole('button', { name: this.t('action.cancel') }).click();
    await expect(this.drawer).toBeHidden();
    await this.seeReady(title);
  }

  async seeReady(title: string) {
    const card = this.page
      .getByRole('listitem')
      .filter({ has: this.page.getByRole('heading', { name: title, exact: true }) });
    await expect(card).toContainText(this.t('channels.state.ready'));
  }
}

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
