import type { Lang } from '../api/types';

type Names = Record<Lang, string>;

/** Field paths as people call them. A path that is not here keeps its last word. */
const fields: Record<string, Names> = {
  dueDate: { en: 'due date', 'zh-CN': '到期日' },
  issueDate: { en: 'issue date', 'zh-CN': '开票日' },
  amount: { en: 'amount', 'zh-CN': '金额' },
  open: { en: 'open amount', 'zh-CN': '未收金额' },
  overdue: { en: 'overdue amount', 'zh-CN': '逾期金额' },
  collectable: { en: 'collectable amount', 'zh-CN': '可催收金额' },
  disputed: { en: 'disputed amount', 'zh-CN': '争议金额' },
  promised: { en: 'promised amount', 'zh-CN': '承诺金额' },
  dpd: { en: 'days overdue', 'zh-CN': '逾期天数' },
  maxDpd: { en: 'longest days overdue', 'zh-CN': '最长逾期天数' },
  tier: { en: 'tier', 'zh-CN': '客户级别' },
  status: { en: 'status', 'zh-CN': '状态' },
  currency: { en: 'currency', 'zh-CN': '币种' },
  region: { en: 'region', 'zh-CN': '区域' },
  team: { en: 'team', 'zh-CN': '团队' },
  language: { en: 'language', 'zh-CN': '语言' },
  openInvoices: { en: 'open invoices', 'zh-CN': '未结账单数' },
};
const money = new Set(['open', 'overdue', 'collectable', 'disputed', 'promised', 'amount']);

const words = Object.keys(fields).join('|');
const path = /\b(?:invoice|customer|payment)\.([A-Za-z]+)\b/g;
/** A bare field name counts only before a comparison, so "Still open" stays as it is. */
const compared: Record<Lang, RegExp> = {
  en: new RegExp(
    `\\b(${words})( (?:is|are|has|was|does)\\b(?: (?:not|at|least|most|above|below|over|under|more|less|than|between)\\b)*)(?: (\\d+)\\b)?`,
    'g',
  ),
  'zh-CN': new RegExp(`\\b(${words})( ?[\\u4e00-\\u9fff]+)(?: ?(\\d+))?`, 'g'),
};

/** A step's sentence without field paths, template keys or minor units. */
export function readable(sentence: string, lang: Lang, templates?: ReadonlyMap<string, string>): string {
  const named = sentence
    .replace(path, (_, last: string) => {
      const label = fields[last]?.[lang] ?? last;
      return lang === 'en' && last.endsWith('Date') ? `the ${label}` : label;
    })
    .replace(compared[lang], (_, field: string, how: string, figure?: string) => {
      const label = fields[field]?.[lang] ?? field;
      if (figure === undefined) return `${label}${how}`;
      const shown = money.has(field) ? new Intl.NumberFormat(lang).format(Number(figure) / 100) : figure;
      return `${label}${how} ${shown}`;
    })
    .replace(/“([a-z0-9-]+)”/g, (whole, key: string) => {
      const name = templates?.get(key);
      return name ? (lang === 'zh-CN' ? `《${name}》` : `“${name}”`) : whole;
    });
  if (lang !== 'zh-CN') return named;
  // Chinese runs on without spaces; a figure keeps one on either side.
  return named
    .replace(/(?<=[\u4e00-\u9fff》]) +(?=[\u4e00-\u9fff《])/g, '')
    .replace(/([\u4e00-\u9fff])(\d)/g, '$1 $2');
}
