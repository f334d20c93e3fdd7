import { expect, type Page, test } from '@playwright/test';
import { expectAccessible, open, settled, speak } from './helpers';

const unique = () => `t${Date.now().toString(36)}`;

async function newForm(page: Page, name: string): Promise<string> {
  await open(page, '/forms');
  await page.getByRole('button', { name: 'New form' }).click();
  const drawer = page.getByRole('dialog', { name: 'New form' });
  await drawer.getByLabel('Name').fill(name);
  await drawer.getByLabel('Name').press('Tab');
  await expect(drawer.getByLabel('Key')).toHaveValue(name);
  await drawer.getByRole('button', { name: 'Create form' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(name);
  return name;
}

const field = (page: Page, label: string) => page.getByRole('button', { name: new RegExp(`^${label},`) });
const savedDraft = (page: Page) => expect(page.getByText('Draft saved')).toBeVisible();

async function publish(page: Page) {
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const drawer = page.getByRole('dialog', { name: 'Publish this form' });
  await drawer.getByRole('button', { name: /Publish as revision/ }).click();
  await expect(drawer.getByText(/is live/)).toBeVisible();
  await expect(drawer.locator('.ant-alert-error')).toHaveCount(0);
  return drawer;
}

test.beforeEach(({ page }) => speak(page, 'en'));

test('a form is built with the mouse, published and filled in', async ({ page }) => {
  const key = await newForm(page, unique());
  const tiles = page.getByRole('complementary', { name: 'Fields to add' });
  await tiles.getByRole('button', { name: 'Yes or no' }).click();
  await tiles.getByRole('button', { name: 'Long text' }).click();
  await tiles.getByRole('button', { name: 'Number', exact: true }).click();
  await tiles.getByRole('button', { name: 'Formula' }).click();
  const props = page.getByRole('complementary', { name: 'Properties' });
  await props.getByRole('textbox', { name: 'Formula' }).fill('number * 2');

  // Dragging a field to the top puts it before the others.
  await field(page, 'Number').dragTo(field(page, 'Name'), { targetPosition: { x: 60, y: 4 } });
  const names = page.getByRole('list', { name: 'Fields' }).getByRole('listitem');
  await expect(names.first()).toContainText('Number');
  await page.getByRole('button', { name: 'Undo (Ctrl+Z)' }).click();
  await expect(names.first()).toContainText('Name');

  // "Show Long text when Yes or no is yes."
  await field(page, 'Long text').click();
  await props.getByRole('combobox', { name: 'Add a rule' }).click();
  await page.getByText('Show “Long text” only when…').click();
  await props.getByRole('combobox', { name: 'Field to look at' }).click();
  await page.locator('.ant-select-item-option').filter({ hasText: 'Yes or no' }).last().click();
  await props.getByRole('combobox', { name: 'Comparison' }).click();
  await page.locator('.ant-select-item-option').filter({ hasText: /^is$/ }).last().click();
  await savedDraft(page);
  await publish(page);

  await open(page, `/forms/${key}/records`);
  await page.getByRole('button', { name: 'New record' }).first().click();
  const drawer = page.getByRole('dialog', { name: 'New record' });
  await expect(drawer.getByLabel('Long text')).toBeHidden();
  await drawer.getByRole('button', { name: 'Save' }).click();
  await expect(drawer.getByText('Please fill this in')).toBeVisible();
  await drawer.getByLabel('Name').fill('𠮷野家 😀');
  await drawer.getByRole('switch', { name: 'Yes or no' }).click();
  await drawer.getByLabel('Long text').fill('because');
  await drawer.getByLabel('Number', { exact: true }).fill('21');
  await expect(drawer.getByRole('status', { name: 'Formula' })).toHaveText('42');
  await drawer.getByRole('button', { name: 'Save' }).click();
  await expect(drawer).toBeHidden();
  await expect(page.getByRole('link', { name: '𠮷野家 😀' })).toBeVisible();
  const { items } = await (await page.request.get(`/api/v1/records/${key}`)).json();
  expect(Object.values(items[0].data)).toContain('because');
});

test('a form is built, changed and published without a mouse', async ({ page }) => {
  const key = await newForm(page, unique());
  const press = (...keys: string[]) =>
    keys.reduce((done, next) => done.then(() => page.keyboard.press(next)), Promise.resolve());
  await page.getByRole('button', { name: 'Date', exact: true }).focus();
  await press('Enter');
  await expect(field(page, 'Date')).toBeFocused();
  await press('F2');
  await page.keyboard.type('Signed on');
  await press('Enter');
  await expect(field(page, 'Signed on')).toBeFocused();
  await press('Alt+ArrowUp');
  const names = page.getByRole('list', { name: 'Fields' }).getByRole('listitem');
  await expect(names.first()).toContainText('Signed on');
  await expect(page.getByRole('status').filter({ hasText: 'Signed on is now 1 of 2' })).toHaveCount(1);
  await press('Control+d');
  await expect(names).toHaveCount(3);
  await press('Delete');
  await expect(names).toHaveCount(2);
  await press('Control+z');
  await expect(names).toHaveCount(3);
  await press('Control+Shift+z');
  await expect(names).toHaveCount(2);
  await savedDraft(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).focus();
  await press('Enter');
  await page.getByRole('button', { name: /Publish as revision/ }).focus();
  await press('Enter');
  await expect(page.getByText(/is live/)).toBeVisible();
  const form = await (await page.request.get(`/api/v1/forms/${key}`)).json();
  expect(form.layout.groups[0].fields).toEqual(['date', 'name']);
  expect(form.schema.properties.date['x-df-label'].en).toBe('Signed on');
});

test('publishing names the records that would not fit, and brings the others over', async ({ page }) => {
  const key = await newForm(page, unique());
  await savedDraftOrFresh(page);
  await page.getByRole('button', { name: 'Text', exact: true }).click();
  await savedDraft(page);
  await publish(page);
  const csrf = (await (await page.request.get('/api/v1/session')).json()).csrf;
  for (const [name, text] of [
    ['short', '12'],
    ['long', 'many words'],
  ])
    await page.request.post(`/api/v1/records/${key}`, {
      data: { data: { name, text } },
      headers: { 'X-CSRF-Token': csrf },
    });
  await open(page, `/forms/${key}`);
  await field(page, 'Text').click();
  const props = page.getByRole('complementary', { name: 'Properties' });
  await props.getByRole('textbox', { name: 'Key' }).fill('code');
  await props.getByRole('textbox', { name: 'Key' }).press('Tab');
  await props.getByRole('spinbutton', { name: 'Longest' }).fill('4');
  await props.getByRole('spinbutton', { name: 'Longest' }).press('Tab');
  await savedDraft(page);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const drawer = page.getByRole('dialog', { name: 'Publish this form' });
  await expect(drawer.getByText('1 record would not fit')).toBeVisible();
  await expect(drawer.getByRole('link', { name: 'long' })).toBeVisible();
  await drawer.getByRole('button', { name: /Publish as revision 2/ }).click();
  await expect(drawer.getByText('Done: 2 looked at, 1 changed, 1 do not fit.')).toBeVisible();
  const { items } = await (await page.request.get(`/api/v1/records/${key}?sort=name`)).json();
  expect(items.map(({ data }: { data: { code: string } }) => data.code)).toEqual(['many words', '12']);
});

test('JSON is edited with errors at their line, and unsaved work is offered again', async ({ page }) => {
  const key = await newForm(page, unique());
  await page.getByText('JSON', { exact: true }).click();
  const area = page.getByRole('textbox', { name: 'The form as JSON' });
  const text = await area.inputValue();
  await area.fill(text.replace('"maxLength": 200', '"maxLength": 200,,'));
  await page.getByRole('button', { name: 'Apply' }).click();
  const line = text.split('\n').findIndex((row) => row.includes('"maxLength": 200')) + 1;
  await expect(page.getByRole('button', { name: `Line ${line}` })).toBeVisible();
  await area.fill(text.replace('"minLength": 1', '"pattern": "(?=x)", "x-df-type": "hologram"'));
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('button', { name: /Not saved: 1 place/ })).toBeVisible();
  await page.getByText('Design', { exact: true }).click();
  await expect(page.getByText('A field of the type “hologram”')).toBeVisible();
  // The server refused it; the browser kept it.
  await page.reload();
  await expect(page.getByText('This browser has unsaved changes')).toBeVisible();
  await page.getByRole('button', { name: 'Take them up' }).click();
  await expect(page.getByText('A field of the type “hologram”')).toBeVisible();
  await settled(page);
  expect(
    (await (await page.request.get(`/api/v1/forms/${key}`)).json()).draft.schema.properties.name.pattern,
  ).toBeUndefined();
});

test('a schema written elsewhere says what it cannot take over', async ({ page }) => {
  await open(page, '/forms');
  await page.getByRole('button', { name: 'Import JSON Schema' }).click();
  const drawer = page.getByRole('dialog', { name: 'Import JSON Schema' });
  const title = unique();
  await drawer.getByRole('textbox').fill('{"type": "object",\n "properties": {');
  await drawer.getByRole('button', { name: 'Look at it' }).click();
  await expect(drawer.getByText('Not valid JSON at line 2')).toBeVisible();
  await drawer.getByRole('textbox').fill(
    JSON.stringify(
      {
        title,
        type: 'object',
        properties: { vendor: { type: 'string' }, when: { type: 'string', format: 'ipv6' } },
        patternProperties: {},
      },
      null,
      1,
    ),
  );
  await drawer.getByRole('button', { name: 'Look at it' }).click();
  await expect(drawer.getByText('2 things are not supported')).toBeVisible();
  await expect(drawer.getByText(/the format ipv6 is not checked/)).toBeVisible();
  await drawer.getByRole('button', { name: 'Take it over as a draft' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(title);
  await expect(field(page, 'vendor')).toBeVisible();
});

test('system fields of a built-in form are locked; the designer opens quickly', async ({ page }) => {
  await open(page, '/forms');
  const started = Date.now();
  await page.getByRole('link', { name: 'Customer', exact: true }).click();
  await expect(field(page, 'Name')).toBeVisible();
  const took = Date.now() - started;
  console.log(`the form designer opens in ${took} ms`);
  expect(took).toBeLessThan(4500);
  await field(page, 'Name').click();
  await expect(page.getByText('A system field')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Key' })).toBeDisabled();
  await page.keyboard.press('Delete');
  await expect(field(page, 'Name')).toBeVisible();
});

async function savedDraftOrFresh(page: Page) {
  await expect(page.getByRole('complementary', { name: 'Fields to add' })).toBeVisible();
}

const everything = [
  'Text',
  'Long text',
  'E-mail',
  'Phone',
  'Address',
  'Number',
  'Money',
  'Percent',
  'Formula',
  'Date',
  'Date and time',
  'Choice',
  'Several choices',
  'Yes or no',
  'Reference',
  'Files',
  'Repeating rows',
  'Auto-number',
  'Section',
  'Tab',
];

test('every kind of field is accessible: designed, seen and filled in', async ({ page }) => {
  test.setTimeout(120_000);
  const key = await newForm(page, unique());
  const tiles = page.getByRole('complementary', { name: 'Fields to add' });
  for (const kind of everything) await tiles.getByRole('button', { name: kind, exact: true }).click();
  await savedDraft(page);
  for (const kind of ['Formula', 'Choice', 'Reference', 'Repeating rows', 'Auto-number']) {
    await field(page, kind).click();
    await expectAccessible(page);
  }
  await page.getByText('Preview', { exact: true }).click();
  await page.getByRole('tab', { name: 'General' }).waitFor();
  await page.getByRole('button', { name: 'Add a row' }).click();
  await page.getByRole('button', { name: 'Check' }).click();
  await expectAccessible(page);
  await page.getByText('JSON', { exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'The form as JSON' })).toBeVisible();
  await expectAccessible(page);
  const drawer = await publish(page);
  await expectAccessible(page);
  await drawer.getByRole('link', { name: 'Go to the records' }).click();
  await page.getByRole('button', { name: 'New record' }).first().click();
  await page.getByRole('dialog').getByLabel('Name').fill('Full');
  await page.getByRole('dialog').getByRole('combobox', { name: 'Province, city, district' }).fill('浦东');
  await page.getByText('浦东新区').first().click();
  await page
    .getByRole('dialog')
    .locator('input[type=file]')
    .setInputFiles({ name: '合同.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') });
  await expect(page.getByRole('dialog').getByText('合同.txt')).toBeVisible();
  await settled(page);
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Full' }).click();
  const file = page.getByRole('link', { name: '合同.txt' });
  const [download] = await Promise.all([page.waitForEvent('download'), file.click()]);
  expect(download.suggestedFilename()).toBe('合同.txt');
  const { items } = await (await page.request.get(`/api/v1/records/${key}`)).json();
  expect(items[0].data.address).toMatchObject({ province: '上海市', district: '浦东新区' });
  expect(items[0].data.autoNumber).toBe('NO-00001');
});

test('a phone shows the designer and messages without sideways scrolling', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  for (const route of [
    '/forms',
    '/forms/customer',
    '/messages',
    '/messages?tab=answers',
    '/messages/overdue-friendly',
  ]) {
    await open(page, route);
    await expectAccessible(page);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, route).toBeLessThanOrEqual(0);
  }
});

test('a field of one’s own stands in the customer’s drawer and is stored', async ({ page }) => {
  await open(page, '/forms/customer');
  await page
    .getByRole('complementary', { name: 'Fields to add' })
    .getByRole('button', { name: 'Percent' })
    .click();
  await savedDraft(page);
  await publish(page);
  await open(page, '/customers?new=1');
  const drawer = page.getByRole('dialog', { name: 'New customer' });
  const name = unique();
  await drawer.getByLabel('Name', { exact: true }).fill(name);
  await drawer.getByLabel('Percent').fill('120');
  await drawer.getByLabel('Percent').press('Tab');
  await expect(drawer.getByText('At most 100')).toBeVisible();
  await drawer.getByLabel('Percent').fill('12.5');
  await drawer.getByRole('button', { name: 'New customer' }).click();
  await expect(drawer).toBeHidden();
  const { items } = await (await page.request.get(`/api/v1/records/customer?search=${name}`)).json();
  expect(items[0].data.percent).toBe(12.5);
  await open(page, `/customers/${items[0].id}`);
  await expect(page.locator('.fact').filter({ hasText: 'Percent' })).toContainText('12.5 %');
});
