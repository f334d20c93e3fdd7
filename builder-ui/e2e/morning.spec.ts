import { type Browser, expect, type Page, test } from '@playwright/test';
import { type Lang, languages, open, settled, speak, still } from './helpers';
import { wordsOf } from './words';

test.use(still);

/**
 * A morning of two people on the demo: a salesperson with accounts of their own, and finance with all. The demo's days
 * pass meanwhile, so accounts are chosen by what they have and never by name. With SHOTS set to a folder, every step
 * leaves a picture there.
 */

type Who = { page: Page; id: string; name: string; role: 'sales' | 'finance' };
type Account = {
  id: string;
  name: string;
  owner: string;
  currency: string;
  open: number;
  items: { invoice: string; number: string; open: number }[];
};

const sellers: Record<Lang, string> = { en: 'mara@demo.example', 'zh-CN': 'lin@demo.example' };

async function enter(browser: Browser, email: string, lang: Lang, role: Who['role']): Promise<Who> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await speak(page, lang);
  const answer = await page.request.post('/api/v1/session/demo', { data: { email } });
  expect(answer.ok()).toBe(true);
  const { user } = await answer.json();
  return { page, id: user.id, name: user.name, role };
}

const get = async (page: Page, path: string) => (await page.request.get(`/api/v1${path}`)).json();

async function post(page: Page, path: string, data: unknown) {
  const { csrf } = await get(page, '/session');
  const answer = await page.request.post(`/api/v1${path}`, { data, headers: { 'X-CSRF-Token': csrf } });
  expect(answer.ok(), await answer.text()).toBe(true);
  return answer;
}

/** An account near the top of the column that owes in one currency and hears from us next, with nothing in the way. */
async function findAccount(page: Page, skip: string[] = []): Promise<Account | undefined> {
  const { columns } = await get(page, '/boards/collection/cards?column=followUp&limit=25');
  for (const card of columns[0].items.slice(0, 25)) {
    if (skip.includes(card.id)) continue;
    const { record, account, next } = await get(page, `/customers/${card.id}`);
    const owing = account.items.filter((item: { open: number }) => item.open > 0);
    const [balance, ...more] = account.balances.filter((one: { open: number }) => one.open > 0);
    if (!balance || more.length > 0 || owing.length < 2 || !next || next.blocked) continue;
    if (account.promises.some((one: { status: string }) => one.status === 'open')) continue;
    const { currency, open: owed } = balance;
    return {
      id: card.id,
      name: record.data.name,
      owner: record.data.owner,
      currency,
      open: owed,
      items: owing,
    };
  }
  return undefined;
}

async function chosen(page: Page, skip?: string[]): Promise<Account> {
  let found: Account | undefined;
  await expect.poll(async () => (found = await findAccount(page, skip)), { timeout: 90_000 }).toBeTruthy();
  return found as Account;
}

/** Minor units of a currency with two digits as a figure that somebody would say. */
const roundish = (minor: number) => Math.max(1, Math.round(minor / 1000) * 10);

const column = (page: Page, key: string) => page.locator(`.cards[data-column="${key}"]`);
const card = (page: Page, key: string, id: string) => column(page, key).locator(`[data-card="${id}"]`);
const anywhere = (page: Page, id: string) => page.locator(`[data-card="${id}"]`);

for (const lang of languages)
  test(`two people work a morning, ${lang}`, async ({ browser }) => {
    test.setTimeout(240_000);
    const t = wordsOf(lang);
    const sales = await enter(browser, sellers[lang], lang, 'sales');
    const finance = await enter(browser, 'finance@demo.example', lang, 'finance');
    const s = sales.page;
    const f = finance.page;
    let shots = 0;
    const step = async (what: string, ...people: Who[]) => {
      shots++;
      for (const { page, role } of people) {
        await settled(page);
        if (process.env.SHOTS)
          await page.screenshot({
            path: `${process.env.SHOTS}/${lang}-${String(shots).padStart(2, '0')}-${what}-${role}.png`,
          });
      }
    };
    const account = await chosen(s);
    const { id, name } = account;
    const peek = (page: Page) => page.getByRole('complementary', { name: t('board.peek') });
    const act = async (page: Page, kind: string) => {
      await peek(page)
        .getByRole('button', { name: t(`board.act.${kind}`), exact: true })
        .click();
      const form = page.getByRole('dialog', { name: t(`board.form.${kind}`) });
      await expect(form).toBeVisible();
      return {
        form,
        done: async () => {
          await form.getByRole('button', { name: t(`board.form.${kind}`), exact: true }).click();
          await expect(form).toBeHidden();
        },
      };
    };
    const note = async (page: Page, text: string, to: Who) => {
      const box = peek(page).getByLabel(t('board.note'));
      await box.pressSequentially(`${text} @${to.name.slice(0, 1)}`);
      await page.locator('.ant-mentions-dropdown-menu-item').filter({ hasText: to.name }).first().click();
      await peek(page)
        .getByRole('button', { name: t('board.addNote') })
        .click();
      await expect(peek(page).locator('.peek-written').first()).toContainText(text);
    };
    const readNotice = async (page: Page, text: string) => {
      await page.locator('.bell').click();
      const list = page.getByRole('dialog', { name: t('nav.notices') });
      await expect(list).toContainText(text);
      return list.locator('.notice').filter({ hasText: text }).first();
    };

    // The seller opens the day and takes what waits in their queue.
    const todo = lang === 'en' ? `Ask ${name} about the oldest invoice` : `询问 ${name} 最早一张账单`;
    await post(f, '/tasks', { customer: id, title: { en: todo, 'zh-CN': todo }, role: 'sales' });
    await open(s, '/today');
    await step('today', sales);
    const tasks = s.locator('.section-tasks');
    await tasks.getByText(t('today.taskList.queue'), { exact: true }).click();
    await tasks.getByRole('button', { name: t('today.takeTask', { title: todo }) }).click();
    await tasks.getByText(t('today.taskList.mine'), { exact: true }).click();
    const mine = tasks.getByRole('button', { name: t('today.completeTask', { title: todo }) });
    const more = tasks.getByRole('button', { name: t('table.more') });
    // After many days there are pages of them.
    await expect(async () => {
      if (!(await mine.isVisible())) await more.click({ timeout: 1_000 });
      await expect(mine).toBeVisible({ timeout: 1_000 });
    }).toPass();
    await mine.scrollIntoViewIfNeeded();
    await step('my-task', sales);

    // The board: the account beside it, a call with its result, and what the customer promised.
    await open(s, '/board');
    await open(f, `/board?owner=${sales.id}`);
    await expect(card(f, 'followUp', id)).toBeVisible();
    await s.locator(`[data-open="${id}"]`).click();
    await expect(peek(s).getByLabel(t('next.title'))).toContainText(/\d/);
    await step('peek', sales, finance);
    const call = await act(s, 'call');
    await call.form.getByText(t('call.results.reached'), { exact: true }).click();
    await call.form
      .getByLabel(t('field.note'))
      .fill(lang === 'en' ? 'They pay a part next week.' : '下周先付一部分。');
    await step('call', sales);
    await call.done();
    const promise = await act(s, 'promised');
    await promise.form.getByLabel(t('field.amount')).fill(String(roundish(account.open / 5)));
    await step('promise', sales);
    await promise.done();
    // Finance sees it without doing anything.
    await expect(card(s, 'promised', id)).toBeVisible();
    await expect(card(f, 'promised', id)).toBeVisible();
    await step('promised', sales, finance);

    // Finance holds a contested part back and asks the seller.
    await f.locator(`[data-open="${id}"]`).click();
    const dispute = await act(f, 'disputed');
    await dispute.form.getByRole('combobox', { name: t('board.invoice') }).click();
    await f.locator('.ant-select-item-option').first().click();
    await dispute.form
      .getByLabel(t('invoice.disputedAmount'))
      .fill(String(roundish((account.items[0]?.open ?? 0) / 10)));
    await dispute.form
      .getByLabel(t('field.reason'))
      .fill(lang === 'en' ? 'Freight was charged twice' : '运费重复计收');
    await step('dispute', finance);
    await dispute.done();
    await expect(card(s, 'disputed', id)).toBeVisible();
    const question = lang === 'en' ? 'Was the freight agreed on?' : '运费是否有约定？';
    await note(f, question, sales);
    await step('note', finance, sales);

    // The seller reads it in the bell and answers.
    await expect(s.locator('.bell')).toHaveAttribute('aria-label', /\d/);
    await s.keyboard.press('Escape');
    const notice = await readNotice(s, question);
    await step('notice', sales);
    await notice.getByRole('link').first().click();
    await expect(peek(s)).toContainText(question);
    const answer = lang === 'en' ? 'No, please take it off.' : '没有，请扣除。';
    await note(s, answer, finance);
    await expect(peek(f)).toContainText(answer);
    await step('answer', sales, finance);

    // The bank brings the money: the card leaves both boards, and nothing goes out any more.
    await expect(peek(f).getByLabel(t('next.title'))).not.toContainText(t('next.nonePaid'));
    const { account: now } = await get(f, `/customers/${id}`);
    const owed = now.balances.find((one: { currency: string }) => one.currency === account.currency);
    const data = { customer: id, amount: owed.open, currency: account.currency, reference: 'MT940' };
    const bank = await post(f, '/imports/payment', {
      rows: [{ line: 1, externalId: `bank-${id}-${lang}`, data }],
    });
    expect((await bank.json()).items[0].status).toBe('created');
    await expect(anywhere(s, id)).toHaveCount(0);
    await expect(anywhere(f, id)).toHaveCount(0);
    for (const page of [s, f])
      await expect(peek(page).getByLabel(t('next.title'))).toContainText(t('next.nonePaid'));
    await step('paid', sales, finance);
    await expect.poll(async () => (await get(f, `/customers/${id}`)).next).toBeFalsy();

    // Finance hands another account over: it is gone for the seller, in every list and by its address.
    const other = await chosen(s, [id]);
    const heir = (await get(f, '/users/names')).items.find(
      (one: { name: string }) => one.name === (lang === 'en' ? '何屿' : 'Mara Lindqvist'),
    );
    await f.locator(`[data-open="${other.id}"]`).click();
    const assign = await act(f, 'assign');
    await assign.form.getByRole('combobox', { name: t('customer.owner') }).click();
    await f.getByTitle(heir.name, { exact: true }).click();
    await step('hand-over', finance);
    await assign.done();
    await expect(anywhere(s, other.id)).toHaveCount(0);
    expect((await s.request.get(`/api/v1/customers/${other.id}`)).status()).toBe(404);
    await s.goto(`/customers/${other.id}`);
    await expect(s.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(s.getByText(other.name)).toHaveCount(0);
    await step('not-mine', sales);
    const { items } = await get(s, `/records/customer?search=${encodeURIComponent(other.name)}`);
    expect(items.map((one: { id: string }) => one.id)).not.toContain(other.id);

    // What moved, for the weekly meeting: the seller's own row, and everybody's for finance.
    await Promise.all([open(s, '/review'), open(f, '/review')]);
    for (const page of [s, f])
      await expect(page.getByRole('row', { name: new RegExp(sales.name) })).toBeVisible();
    await expect(s.getByRole('row', { name: new RegExp(heir.name) })).toHaveCount(0);
    await step('review', sales, finance);
    await s.context().close();
    await f.context().close();
  });
