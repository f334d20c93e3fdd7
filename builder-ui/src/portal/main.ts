import { door, type PageData, Refused } from './api';
import { h } from './dom';
import { date } from './format';
import { type Key, type Lang, say, texts } from './texts';
import { draw, type View } from './view';

const root = document.getElementById('portal') as HTMLElement;
const known = (lang: string | null): Lang | null =>
  lang && Object.hasOwn(texts, lang) ? (lang as Lang) : lang?.toLowerCase().startsWith('zh') ? 'zh-CN' : null;

let lang: Lang = known(navigator.language) ?? 'en';
let data: PageData | null = null;
let thanks: { text: string; bad?: boolean } | null = null;
const chosen = new Set<string>();
const server = door(() => lang);

const t = (key: Key, blanks?: Record<string, string | number>) => say(lang, key, blanks);

async function tell(what: string, body: object, done: Key) {
  try {
    data = await server(what, body);
    thanks = { text: t(done) };
    chosen.clear();
    render();
  } catch (cause) {
    if (document.querySelector('dialog[open]')) throw cause; // it is said where it was asked
    thanks = { text: (cause instanceof Refused && cause.message) || t('failed'), bad: true };
    render();
  }
}

function languages() {
  const other: Lang = lang === 'en' ? 'zh-CN' : 'en';
  return h(
    'button',
    {
      type: 'button',
      class: 'plain',
      lang: other,
      onclick: () => {
        lang = other;
        thanks = null;
        render();
      },
    },
    other === 'en' ? 'English' : '中文',
  );
}

/** Draws the page anew; what had the focus has it again. */
function render() {
  if (!data) return;
  const page = data;
  const held = [...root.querySelectorAll<HTMLElement>('button,input,select,textarea,a')].indexOf(
    document.activeElement as HTMLElement,
  );
  document.documentElement.lang = lang;
  const title = t('title', { company: page.company });
  document.title = title;
  const view: View = {
    data: page,
    lang,
    chosen,
    t,
    day: (day) => date(lang, day),
    digits: (currency) => page.balances.find((b) => b.currency === currency)?.digits ?? 2,
    tell,
    redraw: render,
  };
  root.replaceChildren(
    h(
      'header',
      {},
      languages(),
      h('h1', {}, title),
      h('p', { class: 'soft' }, t('for', { customer: page.customer })),
    ),
    h(
      'main',
      {},
      h('p', { class: thanks?.bad ? 'said wrong' : 'said', role: 'status' }, thanks?.text),
      ...draw(view),
    ),
  );
  root.querySelectorAll<HTMLElement>('button,input,select,textarea,a')[held]?.focus();
  if (thanks) root.querySelector('.said')?.scrollIntoView({ block: 'center' });
}

async function start() {
  root.replaceChildren(h('main', { class: 'wait', 'aria-busy': 'true' }));
  document.documentElement.lang = lang;
  try {
    data = await server();
    lang = known(data.language) ?? lang;
    render();
  } catch (cause) {
    const gone = cause instanceof Refused && cause.status === 404;
    root.replaceChildren(
      h(
        'main',
        { class: 'alone' },
        h('h1', {}, t(gone ? 'invalid' : 'offline')),
        h('p', {}, gone ? t('invalidText') : (cause instanceof Refused && cause.message) || ''),
        gone ? null : h('button', { type: 'button', class: 'main', onclick: start }, t('retry')),
      ),
    );
  }
}

addEventListener('hashchange', () => location.reload());
start();
