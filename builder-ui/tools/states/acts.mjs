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
