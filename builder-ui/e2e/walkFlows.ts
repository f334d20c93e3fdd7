import { expect, type Locator } from '@playwright/test';
import { expectAccessible, settled } from './helpers';
import { look, lookAround, visit, type Walk } from './walk';

/** Three packs of three trades; the second reads a field that the company keeps under a name of its own. */
export const packs = {
  en: ['Milestones, construction', 'Utilities', 'Foreign trade, several currencies'],
  'zh-CN': ['工程进度款', '水电燃气缴费', '外贸多币种账款'],
} as const;

/** From the market to drafts; the number of the flow's first draft says where to go on. */
export async function install(walk: Walk, pack: string, mapTo?: string): Promise<string> {
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
export async function rehearseAndPublish(walk: Walk, flow: string, name: string) {
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

/** Three steps from nothing, by mouse, as somebody does it who has read nothing: what it takes is counted. */
export async function draw(walk: Walk): Promise<{ clicks: number; seconds: number }> {
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

/** Runs stand where they wait, and the customer's page says what goes out next. */
export async function seeRunning(walk: Walk) {
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
