import { expect, test } from '@playwright/test';
import { expectAccessible, open, settled, speak, stopsWhenPaid } from './helpers';

const shot = (name: string) => `${process.env.SHOTS}/${name}.png`;

for (const lang of ['en', 'zh-CN'] as const)
  test(`a condition counts days from today, a task shows fields (${lang})`, async ({ page }) => {
    const en = lang === 'en';
    await speak(page, lang);
    await open(page, '/today');
    const key = `days-${en ? 'en' : 'zh'}`;
    const session = await (await page.request.get('/api/v1/session')).json();
    const headers = { 'X-CSRF-Token': session.csrf };
    const document = {
      format: 'dueflow.flow/1',
      key,
      name: { en: 'Days', 'zh-CN': '天数' },
      subject: { form: 'invoice', keyBy: 'invoice.id', reentry: 'once' },
      stopWhen: stopsWhenPaid,
      nodes: {
        start: { type: 'trigger.date', v: 1, cfg: { field: 'invoice.dueDate', at: '09:00' } },
        which: {
          type: 'branch',
          v: 1,
          cfg: {
            cases: [{ port: 'old', when: { field: 'invoice.dueDate', op: 'lt', value: '2020-01-31' } }],
          },
        },
        call: {
          type: 'task',
          v: 1,
          cfg: { title: { en: 'Call: ', 'zh-CN': '致电：' }, assign: { field: 'customer.owner' } },
        },
        end: { type: 'end', v: 1, cfg: {} },
      },
      edges: [
        { from: 'start', to: 'which' },
        { from: 'which', port: 'old', to: 'call' },
        { from: 'which', port: 'else', to: 'end' },
        { from: 'call', to: 'end' },
      ],
    };
    const put = await page.request.put(`/api/v1/flows/${key}`, { data: { document }, headers });
    expect(put.ok(), await put.text()).toBe(true);
    await open(page, `/flows/${key}/designer`);
    await settled(page);
    await page.locator('[data-step="which"]').click();
    const kind = page.getByRole('combobox', {
      name: en ? 'Value of condition 1: which day' : /条件 1 .*哪一天/,
    });
    await kind.click();
    await page.getByTitle(en ? 'days ago' : '天前', { exact: true }).click();
    const days = page.getByRole('spinbutton', { name: en ? 'Value of condition 1' : /条件 1/ });
    await expect(days).toHaveValue('30');
    await days.fill('45');
    await expect(page.locator('[data-save="saved"]')).toBeVisible();
    await expect
      .poll(async () => {
        const draft = await (await page.request.get(`/api/v1/flows/${key}/draft`)).json();
        return draft.document.nodes.which.cfg.cases[0].when.value;
      })
      .toEqual({ today: -45 });
    await expectAccessible(page);
    if (process.env.SHOTS) await page.screenshot({ path: shot(`days-${lang}`) });

    await page.locator('[data-step="call"]').click();
    // The reader's own language comes first.
    await page
      .getByRole('textbox', { name: en ? /^What to do/ : /^做什么/ })
      .first()
      .press('End');
    await page
      .getByRole('button', { name: en ? /^Put in a field: What to do/ : /^插入字段：做什么/ })
      .first()
      .click();
    await page
      .getByRole('menuitem', { name: en ? 'open amount' : '未收余额' })
      .first()
      .click();
    await expect
      .poll(async () => {
        const draft = await (await page.request.get(`/api/v1/flows/${key}/draft`)).json();
        return JSON.stringify(draft.document.nodes.call.cfg.title);
      })
      .toContain('{{ invoice.open | money: invoice.currency }}');
    await expectAccessible(page);
    if (process.env.SHOTS) await page.screenshot({ path: shot(`words-${lang}`) });
  });
