import type { OpenInvoice, PageData } from './api';
import { askDay, askPaid, askStop, askWrong } from './dialogs';
import { field, h } from './dom';
import { money } from './format';
import type { Key, Lang } from './texts';

/** What the page shows, and what can be done with it. */
export type View = {
  data: PageData;
  lang: Lang;
  chosen: Set<string>;
  t: (key: Key, blanks?: Record<string, string | number>) => string;
  day: (day: string) => string;
  digits: (currency: string) => number;
  /** Sends something, shows the page anew, and says thanks. */
  tell: (what: string, body: object, thanks: Key) => Promise<void>;
  redraw: () => void;
};

const sum = (view: View, list: OpenInvoice[]) => {
  const by = new Map<string, number>();
  for (const i of list) by.set(i.currency, (by.get(i.currency) ?? 0) + i.open);
  return [...by].map(([currency, n]) => money(view.lang, n, currency, view.digits(currency))).join(' + ');
};

export function draw(view: View): HTMLElement[] {
  return [
    balances(view),
    invoices(view),
    promises(view),
    payments(view),
    preferences(view),
    writing(view),
  ].filter((x): x is HTMLElement => x !== null);
}

function balances({ data, lang, t, day }: View) {
  const card = h(
    'section',
    { class: 'card' },
    h('p', { class: 'soft' }, t('asOf', { date: day(data.today) })),
  );
  const open = data.balances.filter((b) => b.open > 0);
  if (open.length === 0) card.append(h('p', { class: 'big' }, t('none')));
  for (const b of open) {
    card.append(
      h('p', { class: 'label' }, t('open')),
      h('p', { class: 'big num' }, money(lang, b.open, b.currency, b.digits)),
    );
    if (b.overdue > 0)
      card.append(
        h('p', { class: 'late' }, t('overdue', { amount: money(lang, b.overdue, b.currency, b.digits) })),
      );
  }
  for (const b of data.balances.filter((x) => x.unapplied > 0))
    card.append(h('p', {}, t('credit', { amount: money(lang, b.unapplied, b.currency, b.digits) })));
  const note = data.payNote?.[lang] || data.payNote?.[data.language] || Object.values(data.payNote ?? {})[0];
  if (note && open.length > 0) card.append(h('h2', {}, t('howToPay')), h('p', { class: 'note' }, note));
  return card;
}

function dueText({ t, day }: View, i: OpenInvoice) {
  if (i.dpd === 0) return t('today');
  if (i.dpd < 0) return t('due', { date: day(i.dueDate) });
  return `${t('due', { date: day(i.dueDate) })} · ${i.dpd === 1 ? t('dayLate') : t('daysLate', { n: i.dpd })}`;
}

function row(view: View, i: OpenInvoice) {
  const { t, lang, chosen } = view;
  const amount = (n: number) => money(lang, n, i.currency, view.digits(i.currency));
  const box = h('input', {
    type: 'checkbox',
    'aria-label': t('choose', { number: i.number }),
    checked: chosen.has(i.id),
    onchange: () => {
      if (!chosen.delete(i.id)) chosen.add(i.id);
      view.redraw();
    },
  });
  const states = [
    i.disputed && t('disputed', { amount: amount(i.disputed) }),
    i.promised && t('promised'),
    i.saidPaid && t('saidPaid'),
  ].filter(Boolean);
  return h(
    'li',
    {},
    view.data.promise.offered || view.data.paid ? box : null,
    h(
      'div',
      { class: 'grow' },
      h('p', { class: 'line' }, h('strong', {}, i.number), h('span', { class: 'num' }, amount(i.open))),
      h('p', { class: i.dpd > 0 ? 'late' : 'soft' }, dueText(view, i)),
      ...states.map((s) => h('p', { class: 'soft' }, String(s))),
      h(
        'p',
        { class: 'row' },
        i.payUrl && h('a', { class: 'button', href: i.payUrl, rel: 'noreferrer' }, t('pay')),
        view.data.dispute &&
          h(
            'button',
            {
              type: 'button',
              class: 'plain',
              'aria-label': `${t('wrong')}: ${i.number}`,
              onclick: () => askWrong(view, i.id),
            },
            t('wrong'),
          ),
      ),
    ),
  );
}

function invoices(view: View) {
  const { t, data, chosen } = view;
  if (data.invoices.length === 0) return null;
  const list = data.invoices.filter((i) => chosen.has(i.id));
  const ids = list.map((i) => i.id);
  const one = new Set(list.map((i) => i.currency)).size < 2;
  const act = (key: Key, onclick: () => void, ok: boolean, main: boolean) =>
    h('button', { type: 'button', class: main ? 'main' : undefined, disabled: !ok, onclick }, t(key));
  return h(
    'section',
    { class: 'card' },
    h(
      'div',
      { class: 'line' },
      h('h2', {}, t('invoices')),
      (data.promise.offered || data.paid) &&
        h(
          'button',
          {
            type: 'button',
            class: 'plain',
            onclick: () => {
              for (const i of data.invoices) chosen.add(i.id);
              view.redraw();
            },
          },
          t('all'),
        ),
    ),
    h('ul', {}, ...data.invoices.map((i) => row(view, i))),
    data.more ? h('p', { class: 'soft' }, t('more', { n: data.more })) : null,
    (data.promise.offered || data.paid) &&
      h(
        'div',
        { class: list.length > 0 ? 'bar here' : 'bar' },
        h(
          'p',
          { class: 'soft', role: 'status' },
          list.length > 0 ? t('chosen', { n: list.length, amount: sum(view, list) }) : t('chooseFirst'),
        ),
        h(
          'div',
          { class: 'row' },
          data.promise.offered && act('name', () => askDay(view, ids), list.length > 0 && one, true),
          data.paid && act('havePaid', () => askPaid(view, ids), list.length > 0, false),
        ),
      ),
  );
}

function promises(view: View) {
  const { t, data, lang } = view;
  if (data.promises.length === 0) return null;
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, t('promises')),
    h(
      'ul',
      {},
      ...data.promises.map((p) =>
        h(
          'li',
          {},
          h(
            'span',
            { class: 'grow' },
            t('promiseLine', {
              amount: money(lang, p.amount, p.currency, view.digits(p.currency)),
              date: view.day(p.date),
            }),
          ),
          p.movable &&
            data.promise.offered &&
            h(
              'button',
              {
                type: 'button',
                class: 'plain',
                onclick: () =>
                  askDay(
                    view,
                    p.invoices.filter((id) => data.invoices.some((i) => i.id === id)),
                    p.date,
                  ),
              },
              t('move'),
            ),
        ),
      ),
    ),
  );
}

function payments({ t, data, lang, day, digits }: View) {
  if (data.payments.length === 0) return null;
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, t('payments')),
    h(
      'ul',
      {},
      ...data.payments.map((p) =>
        h(
          'li',
          {},
          h('span', { class: 'grow' }, day(p.date)),
          h('span', { class: 'num' }, money(lang, p.amount, p.currency, digits(p.currency))),
        ),
      ),
    ),
  );
}

function preferences(view: View) {
  const { t, data, lang } = view;
  const way = h('select', {}, h('option', { value: '' }, t('keep')));
  for (const c of data.channels)
    way.append(
      h('option', { value: c.key, selected: c.key === data.channel }, c.title[lang] || c.title.en || c.key),
    );
  const language = h(
    'select',
    {},
    h('option', { value: 'en', lang: 'en', selected: data.language === 'en' }, 'English'),
    h('option', { value: 'zh-CN', lang: 'zh-CN', selected: data.language === 'zh-CN' }, '中文'),
  );
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, t('prefer')),
    h('p', { class: 'soft' }, t('preferText')),
    h(
      'form',
      {
        onsubmit: (event) => {
          event.preventDefault();
          view.tell('preferences', { language: language.value, channel: way.value }, 'thanksSaved');
        },
      },
      data.channels.length > 0 && field(t('way'), way),
      field(t('language'), language),
      h(
        'div',
        { class: 'row' },
        h('button', { type: 'submit', class: 'main' }, t('save')),
        data.push && h('a', { class: 'button', href: data.push }, t('notices')),
      ),
    ),
  );
}

function writing(view: View) {
  const { t, data } = view;
  const text = h('textarea', { required: true, maxlength: 2000, rows: 4 });
  return h(
    'section',
    { class: 'card' },
    h('h2', {}, t('write')),
    h('p', { class: 'soft' }, t('writeText')),
    h(
      'form',
      {
        onsubmit: (event) => {
          event.preventDefault();
          view.tell('message', { text: text.value }, 'thanksSent');
        },
      },
      field(t('message'), text),
      h('div', { class: 'row' }, h('button', { type: 'submit' }, t('send'))),
    ),
    h('hr'),
    data.stopped
      ? h('p', {}, t('stopped'))
      : h('button', { type: 'button', class: 'plain', onclick: () => askStop(view) }, t('stop')),
  );
}
