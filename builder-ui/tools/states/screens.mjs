import {
  alone,
  asRole,
  begun,
  button,
  checklist,
  compared,
  explained,
  followed,
  inTurn,
  menu,
  press,
  quarrel,
  rehearsed,
  resultsInSight,
  sendAdded,
  withMenu,
} from './acts.mjs';

const more = button('More', '更多');
const step = (at) => (page) => page.locator('[data-step]').nth(at).click();
const id = encodeURIComponent;

/** Name, address, and what is done there before the picture; `once`: neither empty, loading nor in error. */
const builder = ({ flow, run, message, colleague }) => [
  { name: 'flows', path: '/flows' },
  { name: 'flows-new', path: '/flows', act: button('New flow', '新建流程'), once: true },
  { name: 'flow-designer', path: `/flows/${flow}` },
  {
    name: 'flow-insert',
    path: `/flows/${flow}`,
    act: (page) => page.locator('.plus').nth(1).click(),
    once: true,
  },
  { name: 'flow-step', path: `/flows/${flow}`, act: step(2), once: true },
  { name: 'flow-start', path: `/flows/${flow}`, act: step(0), once: true },
  {
    name: 'flow-overlay',
    path: `/flows/${flow}`,
    act: button('Show where runs stand', '显示流程所在步骤'),
    once: true,
  },
  { name: 'flow-notes', path: '/flows/vip-new', once: true },
  { name: 'flow-quarrel', path: '/flows/vip-new', act: quarrel(colleague), once: true },
  { name: 'flow-settings', path: `/flows/${flow}`, act: button('Settings', '设置'), once: true },
  { name: 'flow-issues', path: `/flows/${flow}`, act: checklist, once: true },
  {
    name: 'flow-publish',
    path: `/flows/${flow}`,
    act: button('Publish new version', '发布新版本'),
    once: true,
  },
  { name: 'flow-fresh', path: '/flows', act: begun(sendAdded), once: true },
  { name: 'flow-bare', path: '/flows', act: begun(checklist), once: true },
  { name: 'flow-text', path: `/flows/${flow}/text` },
  { name: 'flow-text-vip', path: '/flows/demo-vip/text', once: true },
  { name: 'flow-rehearsal', path: `/flows/${flow}/rehearsal` },
  { name: 'rehearsed-calendar', path: `/flows/${flow}/rehearsal`, act: rehearsed(), once: true },
  {
    name: 'rehearsed-table',
    path: `/flows/${flow}/rehearsal`,
    act: rehearsed('Messages', '消息'),
    once: true,
  },
  {
    name: 'rehearsed-held',
    path: `/flows/${flow}/rehearsal`,
    act: rehearsed('Not sent', '当日未发'),
    once: true,
  },
  { name: 'rehearsed-load', path: '/flows/demo-vip/rehearsal', act: rehearsed('Tasks', '任务 '), once: true },
  {
    name: 'rehearsed-together',
    path: `/flows/${flow}/rehearsal`,
    act: inTurn(rehearsed(), resultsInSight),
    once: true,
  },
  {
    name: 'rehearsed-alone',
    path: `/flows/${flow}/rehearsal`,
    act: inTurn(alone, resultsInSight),
    once: true,
  },
  { name: 'rehearsed-customer', path: `/flows/${flow}/rehearsal`, act: followed, once: true },
  { name: 'rehearsed-compared', path: `/flows/${flow}/rehearsal`, act: compared, once: true },
  { name: 'flow-versions', path: `/flows/${flow}/versions` },
  { name: 'flow-runs', path: `/flows/${flow}/runs` },
  { name: 'flow-parked', path: '/flows/tell-erp/runs', once: true },
  { name: 'runs', path: '/runs' },
  { name: 'run', path: `/runs/view?id=${id(run)}` },
  { name: 'forms', path: '/forms' },
  { name: 'forms-new', path: '/forms', act: button('New form', '新建表单'), once: true },
  { name: 'form-design', path: '/forms/customer' },
  {
    name: 'form-field',
    path: '/forms/customer',
    act: (page) => page.locator('[data-item^="field-"]').first().click(),
    once: true,
  },
  { name: 'form-preview', path: '/forms/customer', act: press('Preview', '预览'), once: true },
  { name: 'form-json', path: '/forms/customer', act: press('JSON', 'JSON'), once: true },
  { name: 'form-revisions', path: '/forms/contact', act: menu(more, 'Revisions', '历史版本'), once: true },
  { name: 'form-publish', path: '/forms/contact', act: button('Publish', '发布'), once: true },
  { name: 'form-records', path: '/forms/contact/records' },
  { name: 'messages', path: '/messages' },
  { name: 'messages-new', path: '/messages', act: button('New template', '新建模板'), once: true },
  { name: 'messages-answers', path: '/messages?tab=answers' },
  { name: 'messages-wording', path: '/messages?tab=wording' },
  { name: 'messages-tests', path: '/messages?tab=tests' },
  { name: 'message', path: '/messages/overdue-friendly' },
  { name: 'message-phone', path: '/messages/overdue-friendly', act: press('Phone', '手机'), once: true },
  { name: 'message-sms', path: '/messages/overdue-sms', act: press('SMS', '短信'), once: true },
  {
    name: 'message-test',
    path: '/messages/overdue-friendly',
    act: button('Send to myself', '发给自己'),
    once: true,
  },
  {
    name: 'message-history',
    path: '/messages/overdue-friendly',
    act: menu(more, 'History', '修改历史'),
    once: true,
  },
  { name: 'market', path: '/market' },
  { name: 'market-installed', path: '/market?tab=installed' },
  { name: 'market-catalogs', path: '/settings/catalogs', once: true },
  { name: 'pack', path: '/market/gentle-three-steps' },
  { name: 'pack-there', path: '/market/graded-abc', once: true },
  { name: 'pack-install', path: '/market/gentle-three-steps?install=1' },
  {
    name: 'pack-review',
    path: '/market/gentle-three-steps?install=1',
    act: inTurn(button('Continue', '继续'), (page) => page.waitForTimeout(2500)),
    once: true,
  },
  {
    name: 'pack-uninstall',
    path: '/market?tab=installed',
    act: (page) => page.locator('.pack-row-actions button').last().click(),
    once: true,
  },
  { name: 'inbox', path: '/inbox' },
  { name: 'inbox-message', path: `/inbox/${message}` },
];

/** The pages of those who work with customers, and of those who set things up. */
const others = ({ customer }) => [
  { name: 'today', path: '/today' },
  { name: 'board', path: '/board' },
  {
    name: 'board-drawer',
    path: '/board',
    act: (page) => page.locator('[data-card]').first().click(),
    once: true,
  },
  { name: 'board-table', path: '/board?as=table', once: true },
  { name: 'board-calendar', path: '/board?as=calendar', once: true },
  { name: 'board-gallery', path: '/board?as=gallery' },
  { name: 'customers', path: '/customers' },
  { name: 'customer', path: `/customers/${customer}` },
  {
    name: 'customer-who',
    path: `/customers/${customer}`,
    act: menu(more, 'Who sees this account?', '谁能看到此客户？'),
    once: true,
  },
  { name: 'invoices', path: '/invoices' },
  {
    name: 'invoice',
    path: '/invoices',
    act: (page) => page.getByRole('main').locator('tbody button, tbody a').first().click(),
    once: true,
  },
  { name: 'import', path: '/import', once: true },
  { name: 'letters', path: '/letters' },
  { name: 'review', path: '/review' },
  { name: 'me', path: '/me', once: true },
  ...[
    'workspace',
    'contact',
    'calendars',
    'members',
    'roles',
    'signin',
    'tasks',
    'tiers',
    'channels',
    'portal',
  ].map((tab) => ({ name: `settings-${tab}`, path: `/settings/${tab}`, once: true })),
  ...['keys', 'publishers'].map((tab) => ({ name: `settings-${tab}`, path: `/settings/${tab}`, once: true })),
  {
    name: 'settings-member',
    path: '/settings/members',
    act: menu(
      (page) => page.locator('.cell-tools button').nth(1).click(),
      'Name, roles, teams, manager',
      '姓名、角色、团队、汇报对象',
    ),
    once: true,
  },
  {
    name: 'settings-channel',
    path: '/settings/channels',
    act: (page) => page.getByRole('main').getByRole('button').first().click(),
    once: true,
  },
  {
    name: 'settings-reports',
    path: '/settings/members',
    act: inTurn(
      menu(
        (page) => page.locator('.cell-tools button').nth(1).click(),
        'Name, roles, teams, manager',
        '姓名、角色、团队、汇报对象',
      ),
      (page) => page.getByRole('dialog').getByRole('combobox').last().click(),
    ),
    once: true,
  },
  {
    name: 'settings-member-menu',
    path: '/settings/members',
    act: (page) => page.locator('.cell-tools button').nth(1).click(),
    once: true,
  },
  { name: 'roles-explain', path: '/settings/roles', act: explained, once: true },
  { name: 'view-as', path: '/today', act: asRole, once: true },
  { name: 'view-as-menu', path: '/today', act: withMenu, once: true },
  { name: 'not-found', path: '/no-such-page', once: true },
  { name: 'customer-gone', path: '/customers/nobody', once: true },
  { name: 'flow-gone', path: '/flows/no-such-flow', once: true },
];

export const screens = (scene) => [...builder(scene), ...others(scene)];

/** Pages of those who are not signed in: the door, and the customer's own page. */
/** A customer's page opens in the customer's language; the picture wants the reader's. */
const inChinese = async (page) => {
  const other = page.getByText('中文', { exact: true });
  if (page.zh && (await other.count()) > 0) await other.first().click();
};

export const outside = ({ portal }) => [
  { name: 'login', path: '/login', out: true },
  { name: 'reset', path: '/reset', out: true },
  { name: 'join', path: '/join#a.b', out: true },
  ...(portal ? [{ name: 'portal', path: portal, out: true, act: inChinese }] : []),
];
