import { expect } from '@playwright/test';
import { expectAccessible } from './helpers';
import type { MailServer } from './mail';
import { choose, look, lookAround, visit, type Walk } from './walk';

const day = (from: number) => new Date(Date.now() + from * 86_400_000).toISOString().slice(0, 10);
const german = (from: number) => day(from).split('-').reverse().join('.');

/** What two companies' own systems export: names that are not ours, and rows that cannot be right. */
export const files = {
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

export async function setUp(walk: Walk, link: string) {
  const { page, say, lang } = walk;
  await page.goto(link);
  await page.getByLabel(say('setup.workspaceName')).fill(lang === 'en' ? 'Harbour Trading' : '海港贸易');
  const next = page.getByRole('button', { name: say('action.next'), exact: true });
  await next.click();
  await page.getByLabel(say('setup.personName'), { exact: true }).fill(lang === 'en' ? 'Ada Chen' : '陈雅达');
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
export async function seeEmpty(walk: Walk) {
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

export async function bring(
  walk: Walk,
  form: 'customer' | 'invoice',
  rows: readonly string[],
  failed: number,
) {
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
export async function ownField(walk: Walk, label: string) {
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

/** E-mail by the company's own server, tried before it is used. */
export async function reach(walk: Walk, mail: MailServer) {
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
    .filter({ hasText: en ? /^None/ : /^不加密/ })
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
