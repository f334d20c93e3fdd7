import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { expectAccessible, type Lang, languages, settled, speak } from './helpers';
import { type MailServer, mailServer } from './mail';
import { type Fresh, freshServer } from './servers';
import { wordsOf } from './words';

const binary = process.env.DUEFLOW_BINARY;
const shots = process.env.SHOTS;

type Say = ReturnType<typeof wordsOf>;
type Walk = { page: Page; say: Say; lang: Lang; at: (path: string) => string };

const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
const german = (from: number) => day(from).split('-').reverse().join('.');

/** What two companies' own systems export: names that are not ours, and rows that cannot be right. */
const files = {
  en: {
    customers: [
      'Debitoren;;;;',
      'Kundennr;Firma;E-Mail;Telefon;Bemerkung',
      'K-001;Nordsee Logistik GmbH;ar@nordsee.example.com;+49 40 1234;seit 1998',
      'K-002;Alpen Textil AG;fin@alpen.example.com;+49 89 2345;',
      'K-003;Rhein Maschinen KG;acc@rhein.example.com;;',
      'K-004;;niemand@example.com;;ohne Namen',
      'K-005;Elbe Handel;keine Adresse;;',
    ],
    invoices: [
      'Belegnr;Kundennr;Belegdatum;Fällig am;Offen',
      `R-1;K-001;${german(-26)};${german(4)};12.500,00`,
      `R-2;K-002;${german(-35)};${german(-5)};3.800,50`,
      `R-3;K-003;${german(-24)};${german(6)};9.900,00`,
      `R-4;K-999;${german(-20)};${german(10)};100,00`,
      `R-5;K-001;${german(-20)};31.02.2026;100,00`,
    ],
    unknown: 'Offen',
    badCustomers: 2,
  },
  'zh-CN': {
    customers: [
      '客户编号,单位名称,联系邮箱,手机,备注',
      'K-001,宁波海运有限公司,ar@nb.example.com,13800000001,老客户',
      'K-002,杭州纺织厂,fin@hz.example.com,13800000002,',
      'K-003,苏州机械有限公司,acc@sz.example.com,,',
      'K-004,,x@y.example.com,,没有名称',
      'K-005,广州贸易公司,不是邮箱,,',
    ],
    invoices: [
      '发票号码,客户编号,开票日,到期日,未收',
      `F-1,K-001,${day(-26)},${day(4)},"12,500.00"`,
      `F-2,K-002,${day(-35)},${day(-5)},3800.50`,
      `F-3,K-003,${day(-24)},${day(6)},9900`,
      `F-4,K-999,${day(-20)},${day(10)},100`,
      `F-5,K-001,${day(-20)},2026-02-31,100`,
    ],
    unknown: '未收',
    badCustomers: 2,
  },
} as const;

/** Three packs of three trades; the second reads a field that the company keeps under a name of its own. */
const packs = {
  en: ['Milestones, construction', 'Utilities', 'Foreign trade, several currencies'],
  'zh-CN': ['工程进度款', '水电燃气缴费', '外贸多币种账款'],
} as const;

async function look(walk: Walk, name: string) {
  await settled(walk.page);
  if (shots) await walk.page.screenshot({ path: `${shots}/first-${name}-${walk.lang}.png` });
}

/** As others see it: at night, and on a phone, where nothing may run out of the page. */
async function lookAround(walk: Walk, name: string) {
  const { page } = walk;
  if (shots) {
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.waitForTimeout(500); // colours fade over
    await look(walk, `${name}-dark`);
    await page.emulateMedia({ colorScheme: 'light' });
    await page.waitForTimeout(500);
  }
  await page.setViewportSize({ width: 390, height: 844 });
  await look(walk, `${name}-phone`);
  const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(over, name).toBeLessThanOrEqual(0);
  await page.setViewportSize({ width: 1440, height: 900 });
}

async function visit({ page, at }: Walk, path: string) {
  await page.goto(at(path));
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await settled(page);
}

async function setUp(walk: Walk, link: string) {
  const { page, say, lang } = walk;
  await page.goto(link);
  await page.getByLabel(say('setup.workspaceName')).fill(lang === 'en' ? 'Harbour Trading' : '海港贸易');
  const next = page.getByRole('button', { name: say('action.next'), exact: true });
  await next.click();
  await page.getByLabel(say('field.name'), { exact: true }).fill(lang === 'en' ? 'Ada Chen' : '陈雅达');
  await page.getByLabel(say('field.email'), { exact: true }).fill('ada@example.com');
  await page.getByLabel(say('field.password'), { exact: true }).fill('a long enough password');
  await next.click();
  await next.click();
  await page.getByRole('radio', { name: new RegExp(say('setup.sampleNo')) }).check();
  await look(walk, 'setup');
  await page.getByRole('button', { name: say('setup.finish') }).click();
  await expect(page).toHaveURL(/\/today$/, { timeout: 120_000 });
  await expect(page.getByText(say('today.first.data'))).toBeVisible();
  await look(walk, 'today-empty');
  await lookAround(walk, 'today-empty');
  await expectAccessible(page);
}

/** Every empty place names what to do next. */
async function seeEmpty(walk: Walk) {
  const { page, say } = walk;
  const places: [path: string, hint: string][] = [
    ['/board', say('action.importFile')],
    ['/customers', say('action.importFile')],
    ['/invoices', say('action.importFile')],
    ['/runs', say('run.toFlows')],
    ['/flows', say('designer.list.market')],
    ['/inbox', say('inbox.noneText')],
    ['/review', say('review.nothing')],
    ['/letters', say('letters.none')],
  ];
  for (const [path, hint] of places) {
    await visit(walk, path);
    await expect(page.getByRole('main').getByText(hint).first()).toBeVisible();
    await look(walk, `empty${path.replaceAll('/', '-')}`);
    await expectAccessible(page);
  }
}

async function choose(page: Page, label: string, option: string) {
  const box = page.getByLabel(label, { exact: true });
  await box.click();
  await page.locator('.ant-select-item-option').filter({ hasText: option }).last().click();
}

async function bring(walk: Walk, form: 'customer' | 'invoice', rows: readonly string[], failed: number) {
  const { page, say, lang } = walk;
  await visit(walk, `/import?form=${form}`);
  await page.locator('input[type=file]').setInputFiles({
    name: `${form}.csv`,
    mimeType: 'text/csv',
    buffer: Buffer.from(rows.join('\r\n')),
  });
  await expect(page.getByRole('table')).toBeVisible();
  const { unknown } = files[lang];
  if (form === 'invoice') {
    // A column that nobody could know: the page says what is still needed, a person says what it is.
    const check = page.getByRole('button', { name: say('imports.check') });
    await expect(check).toBeDisabled();
    await choose(page, `${say('imports.field')}: ${unknown}`, lang === 'en' ? 'Amount' : '金额');
    if (lang === 'en') await choose(page, say('imports.decimal'), say('imports.mark.comma'));
  }
  await look(walk, `import-${form}`);
  await lookAround(walk, `import-${form}`);
  await page.getByRole('button', { name: say('imports.check') }).click();
  await expect(page.getByText(say('imports.checked'))).toBeVisible();
  await expect(page.locator('.import-problems li')).toHaveCount(failed);
  await look(walk, `import-${form}-checked`);
  await lookAround(walk, `import-${form}-checked`);
  await page.getByRole('button', { name: say('imports.start', { count: 3 }) }).click();
  await expect(page.getByRole('heading', { name: say('imports.done') })).toBeVisible();
  await look(walk, `import-${form}-done`);
  await lookAround(walk, `import-${form}-done`);
}

/** The customer form gets a field of the company's own, which means what a pack calls by another name. */
async function ownField(walk: Walk, label: string) {
  const { page, say } = walk;
  await visit(walk, '/forms/customer');
  const tiles = page.getByRole('complementary', { name: say('forms.palette') });
  await tiles.getByRole('button', { name: say('forms.kind.boolean'), exact: true }).click();
  const made = page.getByRole('button', { name: new RegExp(`^${say('forms.kind.boolean')},`) });
  await made.focus();
  await page.keyboard.press('F2');
  await page.keyboard.press('Control+a');
  await page.keyboard.type(label);
  await page.keyboard.press('Enter');
  await expect(page.getByText(say('forms.state.saved'))).toBeVisible();
  await look(walk, 'form');
  await lookAround(walk, 'form');
  await page.getByRole('button', { name: say('forms.publish'), exact: true }).click();
  const drawer = page.getByRole('dialog', { name: say('forms.publishTitle') });
  await drawer.getByRole('button', { name: say('forms.publishAs', { revision: 2 }) }).click();
  await expect(drawer.getByText(say('forms.published', { revision: 2 }))).toBeVisible();
  await look(walk, 'form-published');
}

/** From the market to drafts; the number of the flow's first draft says where to go on. */
async function install(walk: Walk, pack: string, mapTo?: string): Promise<string> {
  const { page, say } = walk;
  await visit(walk, '/market');
  await page.getByRole('searchbox', { name: say('market.search') }).fill(pack);
  await page.getByRole('link', { name: pack, exact: true }).click();
  await page.getByRole('button', { name: say('market.install'), exact: true }).click();
  await expect(page.getByRole('heading', { name: say('market.stepTitle.questions') })).toBeVisible();
  await look(walk, `pack-questions-${mapTo ? 'mapped' : 'plain'}`);
  await page.getByRole('button', { name: say('action.next') }).click();
  await expect(page.getByRole('heading', { name: say('market.stepTitle.fields') })).toBeVisible();
  if (mapTo) {
    await page
      .getByRole('radio', { name: say('market.fieldUse') })
      .first()
      .check();
    await expect(page.getByText(mapTo, { exact: true })).toBeVisible();
    await look(walk, 'pack-fields');
    await lookAround(walk, 'pack-fields');
  }
  await page.getByRole('button', { name: say('action.next') }).click();
  await expect(page.getByText(say('market.reach'))).toBeVisible();
  await look(walk, `pack-review-${mapTo ? 'mapped' : 'plain'}`);
  await page.getByRole('button', { name: say('market.apply.install'), exact: true }).click();
  await expect(page.locator('.pack-done')).toBeVisible();
  await look(walk, `pack-done-${mapTo ? 'mapped' : 'plain'}`);
  const link = page.getByRole('link', { name: new RegExp(`^${say('market.lookFlow')}`) }).first();
  return new URL((await link.getAttribute('href')) ?? '', walk.at('/')).pathname;
}

/** Rehearsed, its impact read, and live. */
async function rehearseAndPublish(walk: Walk, flow: string, name: string) {
  const { page, say } = walk;
  await visit(walk, `${flow}/rehearsal`);
  await page.getByRole('button', { name: say('designer.rehearsal.start'), exact: true }).click();
  await expect(page.locator('.rehearsal-bar')).toBeVisible({ timeout: 30_000 });
  await expect(page.locator('.rehearsal-progress')).toHaveCount(0, { timeout: 30_000 });
  await look(walk, `rehearsal-${name}`);
  await lookAround(walk, `rehearsal-${name}`);
  await page
    .getByRole('navigation', { name: say('designer.tabs') })
    .getByRole('link', { name: say('designer.tab.designer') })
    .click();
  await page.getByRole('button', { name: say('flow.publish'), exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.locator('.impact-number')).toBeVisible();
  await look(walk, `impact-${name}`);
  await lookAround(walk, `impact-${name}`);
  await dialog.getByRole('button', { name: say('flow.publish'), exact: true }).click();
  await expect(page.getByText(say('flow.publishDone', { version: 1 }))).toBeVisible();
}

/** Runs stand where they wait, and the customer's page says what goes out next. */
async function seeRunning(walk: Walk) {
  const { page, say } = walk;
  await visit(walk, '/runs');
  await expect(page.getByRole('main').getByRole('row')).not.toHaveCount(0);
  const rows = page.getByRole('main').getByRole('row');
  expect(await rows.count()).toBeGreaterThan(3);
  await look(walk, 'runs');
  await lookAround(walk, 'runs');
  await visit(walk, '/today');
  await expect(page.getByText(say('today.summaryLabel')).or(page.locator('.glance')).first()).toBeVisible();
  await expect(page.getByText(say('today.first.title'))).toHaveCount(0); // everything on the way is done
  await look(walk, 'today');
  await lookAround(walk, 'today');
  await visit(walk, '/customers');
  await look(walk, 'customers');
  await page.getByRole('main').getByRole('row').last().getByRole('link').first().click();
  await expect(page.getByText(say('customer.nextContact')).first()).toBeVisible();
  await settled(page);
  await look(walk, 'customer');
  await lookAround(walk, 'customer');
  await visit(walk, '/board');
  await look(walk, 'board');
  await visit(walk, '/inbox');
  await look(walk, 'inbox');
  await lookAround(walk, 'inbox');
}

/** E-mail by the company's own server, tried before it is used. */
async function reach(walk: Walk, mail: MailServer) {
  const { page, say, lang } = walk;
  const en = lang === 'en';
  await visit(walk, '/today');
  await page.getByRole('link', { name: say('today.first.channels') }).click();
  const name = en ? 'E-mail' : '邮件';
  await page.getByRole('button', { name: say('channels.openNamed', { name }), exact: true }).click();
  const drawer = page.getByRole('dialog', { name });
  await drawer.getByLabel(en ? 'Mail server' : '邮件服务器').fill('127.0.0.1');
  await drawer.getByLabel(en ? /^Port/ : /^端口/).fill(String(mail.port));
  await drawer.getByLabel(en ? /^Encryption/ : /^加密/).click();
  await page
    .locator('.ant-select-item-option')
    .filter({ hasText: en ? /^none/ : /^不加密/ })
    .click();
  await drawer.getByLabel(en ? /^From/ : /^发件人/).fill('ar@harbour.example.com');
  await look(walk, 'channel');
  await drawer.getByRole('button', { name: say('action.save'), exact: true }).click();
  await expect(drawer).toBeHidden();
  await page.getByRole('button', { name: say('channels.openNamed', { name }), exact: true }).click();
  await drawer.getByRole('button', { name: say('channels.testSend') }).click();
  await expect.poll(() => mail.mails.map(({ to }) => to[0])).toEqual(['ada@example.com']);
  await look(walk, 'channel-tested');
  await lookAround(walk, 'channel-tested');
  await page.mouse.move(0, 0); // a button under the pointer is drawn lighter
  await expect(page.locator('.ant-btn-loading')).toHaveCount(0);
  await page.waitForTimeout(400);
  await expectAccessible(page);
}

/** Three steps from nothing, by mouse, as somebody does it who has read nothing: what it takes is counted. */
async function draw(walk: Walk): Promise<{ clicks: number; seconds: number }> {
  const { page, say, lang } = walk;
  await visit(walk, '/today');
  const began = Date.now();
  let clicks = 0;
  const click = async (target: Locator) => {
    clicks++;
    await target.click();
  };
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await click(page.getByRole('link', { name: say('today.first.draw') }));
  const dialog = page.getByRole('dialog', { name: say('designer.new.title') });
  await expect(dialog.getByLabel(say('designer.new.name'), { exact: true })).toBeFocused();
  await page.keyboard.type(lang === 'en' ? 'Two kind reminders' : '两次友好提醒');
  await click(dialog.getByRole('button', { name: say('designer.new.create'), exact: true }));
  await expect(page.getByText(say('designer.summary.start'))).toBeVisible();
  await look(walk, 'draw-bare');
  const add = async (type: string) => {
    await click(page.locator('.plus').last());
    await click(page.locator(`[role=option][data-type="${type}"]`));
    await expect(page.locator('[data-save="saved"]')).toBeVisible();
  };
  await add('send');
  await look(walk, 'draw-send');
  await lookAround(walk, 'draw-send');
  await expectAccessible(page);
  await click(page.getByRole('link', { name: say('designer.template.write') }));
  const drawer = page.getByRole('dialog', { name: say('messages.new') });
  await drawer.getByLabel(say('messages.name')).fill(lang === 'en' ? 'Just ahead' : '快到期了');
  await look(walk, 'draw-new-message');
  await click(drawer.getByRole('button', { name: say('messages.create') }));
  const body = page
    .getByRole('region', { name: say(`lang.${lang}`) })
    .getByRole('textbox', { name: say('messages.text') });
  await click(body);
  await page.keyboard.press('Control+Home');
  await page.keyboard.type(lang === 'en' ? 'A friendly word ahead of time. ' : '温馨提示：');
  await look(walk, 'draw-message');
  await lookAround(walk, 'draw-message');
  await expectAccessible(page);
  await click(button(say('action.save')));
  await click(button(say('messages.backToFlow')));
  await expect(page.locator('[data-step][aria-pressed="true"]')).toBeVisible();
  await expect(page.locator('[data-save="saved"]')).toBeVisible();
  await add('wait');
  await look(walk, 'draw-wait');
  await add('send');
  await click(page.getByRole('combobox', { name: lang === 'en' ? 'Message' : '消息模板', exact: true }));
  await click(page.locator('.ant-select-item-option').first());
  await expect(page.locator('[data-save="saved"]')).toBeVisible();
  await look(walk, 'draw-done');
  await lookAround(walk, 'draw-done');
  await click(page.getByRole('link', { name: say('designer.tab.rehearsal'), exact: true }));
  await click(button(say('designer.rehearsal.start')));
  await click(page.getByRole('link', { name: say('designer.rehearsal.toPublish') }));
  const impact = page.getByRole('dialog');
  await expect(impact.locator('.impact-number')).toBeVisible();
  await look(walk, 'draw-impact');
  await click(impact.getByRole('button', { name: say('flow.publish'), exact: true }));
  await expect(page.getByText(say('flow.publishDone', { version: 1 }))).toBeVisible();
  return { clicks, seconds: (Date.now() - began) / 1000 };
}

/** A step whose time is printed: the walk has to stay short. */
async function timed(name: string, run: () => Promise<void>) {
  const began = Date.now();
  await test.step(name, run);
  console.log(`  ${name}: ${((Date.now() - began) / 1000).toFixed(1)} s`);
}

test.describe('first day', () => {
  test.skip(!binary, 'DUEFLOW_BINARY is not set: say which server to start');
  test.describe.configure({ mode: 'serial' });

  for (const lang of languages) {
    let server: Fresh;
    let browserPage: Page;
    let mail: MailServer;
    const say = wordsOf(lang);
    const walk = () => ({ page: browserPage, say, lang, at: (path: string) => server.url + path });

    test.describe(lang, () => {
      test.beforeAll(async ({ browser }: { browser: Browser }) => {
        mail = await mailServer();
        server = await freshServer(binary ?? '', '--allow-private');
        browserPage = await browser.newPage({ reducedMotion: 'reduce', timezoneId: 'Asia/Shanghai' });
        browserPage.setDefaultTimeout(15_000);
        await speak(browserPage, lang);
      });
      test.afterAll(async () => {
        await browserPage?.close();
        await server?.stop();
        await mail?.stop();
      });

      test('from the printed link to reminders that are under way', async () => {
        test.setTimeout(240_000); // a busy machine takes twice what a quiet one does
        const w = walk();
        const own = lang === 'en' ? 'Needs special care' : '需特别关照';
        await timed('wizard, empty workspace', () => setUp(w, server.link));
        await timed('empty places', () => seeEmpty(w));
        await timed('three steps drawn', async () => {
          const { clicks, seconds } = await draw(w);
          console.log(`  a flow of three steps: ${clicks} clicks, ${seconds.toFixed(1)} s`);
          expect(clicks).toBeLessThan(30);
        });
        await timed('a channel', () => reach(w, mail));
        await timed('customers', () => bring(w, 'customer', files[lang].customers, files[lang].badCustomers));
        await timed('invoices', () => bring(w, 'invoice', files[lang].invoices, 2));
        await timed('a field of its own', () => ownField(w, own));
        for (const [at, pack] of packs[lang].entries())
          await timed(pack, async () => {
            const flow = await install(w, pack, at === 1 ? own : undefined);
            await rehearseAndPublish(w, flow, String(at + 1));
          });
        await timed('what is under way', () => seeRunning(w));
      });
    });
  }
});
