/** What is there to see: a demo in which things happened, and a workspace set up a moment ago. */
const password = 'a long enough password';
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Requests of one signed-in person. */
async function person(context) {
  const session = await (await context.request.get('/api/v1/session')).json();
  const call = async (method, path, data, ifMatch) => {
    const answer = await context.request.fetch(`/api/v1${path}`, {
      method,
      data,
      headers: { 'X-CSRF-Token': session.csrf, ...(ifMatch !== undefined && { 'If-Match': `"${ifMatch}"` }) },
    });
    const body = answer.status() === 204 ? undefined : await answer.json();
    if (!answer.ok()) throw new Error(`${method} ${path}: ${JSON.stringify(body)}`);
    return body;
  };
  return { call, get: (path) => call('GET', path), session };
}

/** What could not be made is said; the other pictures are taken all the same. */
async function attempt(what, make) {
  try {
    return await make();
  } catch (error) {
    console.log(`${what}: ${error.message}`);
  }
}

/** A flow of two steps, as somebody has it who has just begun. */
export async function fresh(browser, link) {
  const { origin, hash } = new URL(link);
  const context = await browser.newContext({ baseURL: origin });
  const data = {
    token: new URLSearchParams(hash.slice(1)).get('token'),
    language: 'en',
    workspace: { key: 'harbour', name: 'Harbour Trading' },
    admin: { name: 'Ada Chen', email: 'ada@example.com', password },
    calendar: 'weekdays',
    timezone: 'Asia/Shanghai',
    currency: 'CNY',
    sample: false,
  };
  const answer = await context.request.post('/api/v1/setup', { data });
  if (!answer.ok()) throw new Error(await answer.text());
  const { call } = await person(context);
  const name = { en: 'First flow', 'zh-CN': '第一个流程' };
  await call('POST', '/flows', { key: 'first', name, form: 'invoice' });
  return { origin, storageState: await context.storageState(), flow: 'first' };
}

/** A flow whose runs are parked at once: its step calls an address that nobody may call. */
async function parkedFlow({ call, get }) {
  const text = (en, zh) => ({ en, 'zh-CN': zh });
  const document = {
    format: 'dueflow.flow/1',
    key: 'tell-erp',
    name: text('Tell our ERP', '通知 ERP'),
    subject: { form: 'invoice', keyBy: 'invoice.id', reentry: 'once' },
    stopWhen: [
      {
        id: 'paid',
        on: ['payment.recorded'],
        when: { field: 'invoice.open', op: 'lte', value: 0 },
        outcome: 'goal',
      },
    ],
    nodes: {
      start: { type: 'trigger.manual', v: 1, cfg: {} },
      tell: { type: 'webhook', v: 1, cfg: { url: 'http://127.0.0.1:9/erp' } },
      pause: { type: 'wait', v: 1, cfg: { for: { value: 3, unit: 'day' }, at: '09:30' } },
      end: { type: 'end', v: 1 },
    },
    edges: [
      { from: 'start', to: 'tell' },
      { from: 'tell', to: 'pause' },
      { from: 'pause', to: 'end' },
    ],
  };
  await call('PUT', '/flows/tell-erp', { document });
  await call('POST', '/flows/tell-erp/publish', {});
  const { items } = await get('/records/invoice?limit=100');
  const subjects = items.filter(({ system }) => system?.open > 0).slice(0, 3);
  await call('POST', '/flows/tell-erp/start', { subjects: subjects.map(({ id }) => id) });
  for (let tries = 0; tries < 30; tries++) {
    const parked = (await get('/runs?flow=tell-erp&status=parked&limit=1')).items[0];
    if (parked) return parked.id;
    await pause(1000);
  }
  throw new Error('no run is parked');
}

/** A flow of several people's making: notes beside its steps. */
async function notedFlow({ call, get }) {
  const name = { en: 'VIP care, new', 'zh-CN': 'VIP 关怀（新）' };
  await call('POST', '/flows', { from: 'demo-vip', key: 'vip-new', name });
  const { revision } = await get('/flows/vip-new/draft');
  const note = (id, x, y, text) => ({
    unit: `notes/${id}`,
    value: { id, x, y, w: 200, h: 110, text },
  });
  await call('PATCH', '/flows/vip-new/draft', {
    base: revision,
    ops: [
      note('n1', 380, 60, 'Legal wants to read this one first.'),
      note('n2', -330, 260, '财务：金额超过 10 万才打电话'),
    ],
  });
}

/** A form that was published twice, with a draft that some records will not fit. */
async function changedForm({ call, get }) {
  const publish = async (change) => {
    const { key: _, name, title, schema, layout, draft, version } = await get('/forms/contact');
    const doc = draft ?? { name, title, schema, layout };
    const next = change(structuredClone(doc));
    delete next.key;
    return call('PUT', '/forms/contact', next, version);
  };
  const live = ({ version }) => call('POST', '/forms/contact/publish', undefined, version);
  const label = (en, zh) => ({ en, 'zh-CN': zh });
  const add = (key, part) => (doc) => {
    doc.schema.properties[key] = part;
    doc.layout.groups[0].fields.push(key);
    return doc;
  };
  await live(
    await publish(add('floor', { type: 'string', maxLength: 40, 'x-df-label': label('Floor', '楼层') })),
  );
  await live(
    await publish(
      add('since', { type: 'string', format: 'date', 'x-df-label': label('Known since', '认识时间') }),
    ),
  );
  await publish((doc) => {
    doc.schema.required = [...(doc.schema.required ?? []), 'floor'];
    return doc;
  });
}

/** Installs a pack that ships, its questions answered as they are proposed. */
async function installed({ call }, id) {
  const body = { id };
  const plan = await call('POST', '/packs/plan', body);
  await call('POST', '/packs/apply', { ...body, hash: plan.hash });
}

async function firstOf(get, path, wait) {
  for (let tries = 0; ; tries++) {
    const id = (await get(path)).items[0]?.id ?? '';
    if (id || tries >= wait) return id;
    await pause(1000);
  }
}

/** Somebody who owes for several invoices and hears from us next. */
async function debtor(get) {
  const { columns } = await get('/boards/collection/cards?column=followUp&limit=30');
  for (const { id } of columns[0].items) {
    const { account, next } = await get(`/customers/${id}`);
    const open = account.items.filter((item) => item.open > 0).length;
    if (open >= 3 && open <= 6 && next && !next.blocked) return id;
  }
  return columns[0].items[0].id;
}

/** Somebody else who may edit: what they do to a step that a page is about to save. */
async function colleague(browser, origin, users) {
  for (const { email } of users.slice(1)) {
    const context = await browser.newContext({ baseURL: origin });
    await context.request.post('/api/v1/session/demo', { data: { email } });
    const { call, get, session } = await person(context);
    if (!session.can?.['flow.write']) continue;
    return async () => {
      const { revision, document } = await get('/flows/vip-new/draft');
      const value = { ...document.nodes.mail, note: `No need to ask, ${Date.now() % 1000}` };
      await call('PATCH', '/flows/vip-new/draft', { base: revision, ops: [{ unit: 'nodes/mail', value }] });
    };
  }
  throw new Error('only one person may edit flows');
}

export async function demo(browser, origin) {
  const context = await browser.newContext({ baseURL: origin });
  const setup = await (await context.request.get('/api/v1/setup')).json();
  await context.request.post('/api/v1/session/demo', { data: { email: setup.demo.users[0].email } });
  const me = await person(context);
  const { get, call } = me;
  await attempt('a noted flow', () => notedFlow(me));
  await attempt('a form with revisions', () => changedForm(me));
  await attempt('a pack', () => installed(me, 'graded-abc'));
  const parked = await attempt('a parked run', () => parkedFlow(me));
  const customer = await debtor(get);
  const page = await attempt('a customer’s page', () => call('POST', `/customers/${customer}/page-link`, {}));
  // The first messages go out at nine, in less than a minute.
  const message = await firstOf(get, '/messages?limit=1', 100);
  return {
    origin,
    storageState: await context.storageState(),
    flow: 'demo-friendly',
    run: await firstOf(get, '/runs?flow=demo-friendly&limit=1', 0),
    parked,
    customer,
    portal: page?.path,
    message,
    colleague: await colleague(browser, origin, setup.demo.users),
  };
}
