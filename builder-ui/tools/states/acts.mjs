/** What is done on a page before its picture is taken. `page.zh` tells the language. */
const say = (page, en, zh) => (page.zh ? zh : en);
const quote = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

export const press = (en, zh) => (page) =>
  page
    .getByText(say(page, en, zh), { exact: true })
    .first()
    .click();

/** An icon may bring a name of its own before the words, and the arrow of a menu one after them. */
export const named = (page, en, zh) =>
  page.getByRole('button', { name: new RegExp(`${quote(say(page, en, zh))}( down)?$`) }).first();
export const button = (en, zh) => (page) => named(page, en, zh).click();

export const inTurn =
  (...acts) =>
  async (page) => {
    for (const act of acts) await act(page);
  };

export const menu = (opener, en, zh) => async (page) => {
  await opener(page);
  await page
    .getByRole('menuitem', { name: say(page, en, zh) })
    .first()
    .click();
};

export const still = (page) =>
  page.waitForFunction(
    () => !document.querySelector('[aria-busy="true"], .line, .rehearsal-progress'),
    null,
    {
      timeout: 60_000,
    },
  );

/** The tab of a rehearsal's results, after it has run. */
export const rehearsed = (en, zh) => async (page) => {
  await button('Start rehearsal', '开始预演')(page);
  await page.locator('.rehearsal-bar').waitFor({ timeout: 60_000 });
  await still(page);
  if (en)
    await page
      .locator('.rehearsal-bar')
      .getByText(new RegExp(`^${say(page, en, zh)}`))
      .click();
};

async function pick(page, en, zh, option) {
  await page.getByLabel(say(page, en, zh), { exact: true }).click();
  const options = page.locator('.ant-select-item-option');
  await options.first().waitFor();
  await (option ? options.filter({ hasText: option(page) }).first() : options.first()).click();
}

export const followed = async (page) => {
  await pick(page, 'Follow one customer', '跟踪一个客户');
  await rehearsed()(page);
};

export const compared = async (page) => {
  await pick(page, 'Compare with', '对比', (at) => say(at, 'Live version', '线上版本'));
  await rehearsed()(page);
};

/** This one is cut off while a colleague changes the same step, and is asked when the line is back. */
export const quarrel = (colleague) => async (page) => {
  await page.locator('[data-step="mail"]').waitFor();
  await page.route('**/draft*', (route) =>
    route.request().method() === 'PATCH' ? route.abort() : route.continue(),
  );
  await page.evaluate(() => {
    const { set, sync } = window.dueflowDesigner.getState();
    set('nodes/mail', { ...sync.local['nodes/mail'], note: 'Ask the bank first' });
  });
  await colleague();
  await page.unroute('**/draft*');
  await page.getByRole('dialog').waitFor({ timeout: 20_000 });
};

/** The checklist's button has its findings in its name. */
export const checklist = (page) =>
  page.getByRole('button', { name: new RegExp(`^${say(page, 'Checklist', '检查清单')}`) }).click();

/** Looks as a role, in a session of its own: the other pictures share theirs. */
export const asRole = async (page) => {
  const { demo } = await (await page.request.get('/api/v1/setup')).json();
  await page.request.post('/api/v1/session/demo', { data: { email: demo.users[0].email } });
  await page.goto('/settings/roles');
  await button('View as this role', '以此角色查看')(page);
  await page.locator('.as-banner').waitFor();
  await still(page);
};

/** The menu beside what is looked at; on a phone it has to be opened. */
export const withMenu = async (page) => {
  await asRole(page);
  const opener = page.getByRole('button', { name: say(page, 'Open navigation', '打开导航') }).first();
  if (await opener.isVisible()) await opener.click();
};

/** Why people see a customer, asked where roles are made. */
export const explained = async (page) => {
  await page.locator('#roles-customer').click();
  const options = page.locator('.ant-select-item-option');
  await options.nth(3).click();
  await still(page);
  await page.locator('.roles-pick').scrollIntoViewIfNeeded();
  await page.locator('.roles-rights').last().scrollIntoViewIfNeeded();
};

/** A rehearsal of the flow by itself, without the others. */
export const alone = async (page) => {
  await page.getByRole('switch').first().click();
  await rehearsed()(page);
};

export const resultsInSight = async (page) => {
  await page
    .locator('.rehearsal-bar')
    .evaluate((bar) => bar.scrollIntoView({ block: 'center' }))
    .catch(() => {});
};

/** A flow somebody has just begun; `then` is done in its designer. */
export const begun = (then) => async (page) => {
  await button('New flow', '新建流程')(page);
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(say(page, 'Name', '名称'), { exact: true }).fill(`Spring ${Date.now() % 1e6}`);
  await dialog.getByRole('button', { name: say(page, 'Create', '创建'), exact: true }).click();
  await page.locator('[data-step]').nth(1).waitFor();
  await then(page);
};

export const sendAdded = async (page) => {
  await page.locator('.plus').first().click();
  await page.locator('.insert-item[data-type="send"]').click();
  await page.locator('.step-issue-todo').waitFor();
};
