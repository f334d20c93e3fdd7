import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, type Locator, type Page } from '@playwright/test';
import type { Entry } from './channelStops';
import { type Lang, settled } from './helpers';
import { wordsOf } from './words';

const root = fileURLToPath(new URL('../..', import.meta.url));
const read = (path: string) => JSON.parse(readFileSync(root + path, 'utf8'));

type Words = Record<Lang, string>;
export type Field = {
  'x-df-title': Words;
  'x-df-secret'?: boolean;
  'x-df-advanced'?: boolean;
  'x-df-labels'?: Record<string, Words>;
};
type Description = { title: Words; settings: { properties: Record<string, Field> } };

export const describe = (folder: string): Description => read(`workflows/channel/${folder}/channel.json`);
const escaped = (words: string) => words.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A label, and what marks it as not needed. */
export const labelled = (words: string) => new RegExp(`^${escaped(words)}(\\s*[（(][^)）]+[)）])?$`);

type Place = { place: 'group' | 'address' | 'browser' };

/** An admin at the channels' settings: what they fill in, press and see, in the words of their language. */
export class Walk {
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
