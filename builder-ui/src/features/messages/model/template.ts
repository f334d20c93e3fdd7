import type { Lang } from '@/shared/api/types';
import type { Body, Finding, TemplateDoc, Variable } from '../api/messages';

export const langs: Lang[] = ['zh-CN', 'en'];

/** Both, the reader's own first. */
export const langsFor = (own: Lang): Lang[] => (own === 'en' ? ['en', 'zh-CN'] : langs);
export type Part = 'subject' | 'text' | 'html';

export const docOf = ({ key, name, tone, kind, variant }: TemplateDoc): TemplateDoc => ({
  key,
  name,
  tone,
  kind,
  variant,
});

export const emptyBody: Body = { subject: '', text: '' };

export function setPart(doc: TemplateDoc, lang: Lang, part: Part, value: string): TemplateDoc {
  const body = { ...emptyBody, ...doc.variant[lang], [part]: value };
  if (!body.html) delete body.html;
  const variant = { ...doc.variant, [lang]: body };
  // A language without any text is not there: an empty message would be sent in it.
  if (!body.subject && !body.text && !body.html) delete variant[lang];
  return { ...doc, variant };
}

/** What stands in the text for a variable: optional ones get a default, amounts and dates their form. */
export function snippetOf({ path, type, optional }: Variable): string {
  const filters: string[] = [];
  if (optional) filters.push("default: ''");
  if (type === 'money') filters.push(path.startsWith('item.') ? 'money: item.currency' : 'money: currency');
  if (type === 'date') filters.push('date');
  return `{{ ${[path, ...filters].join(' | ')} }}`;
}

export const loopSnippet =
  '{% for item in items %}\n{{ item.number }}  {{ item.dueDate | date }}  {{ item.open | money: item.currency }}\n{% endfor %}\n';

/** Where a finding stands: "/variant/zh-CN/text". */
export function placeOf(finding: Finding): { lang?: Lang; part?: Part } {
  const [, , lang, part] = finding.pointer.split('/');
  return {
    lang: langs.find((known) => known === lang),
    part: (['subject', 'text', 'html'] as const).find((known) => known === part),
  };
}

/** Line and column of an offset counted in characters, as people count them. */
export function lineAt(text: string, offset: number): { line: number; column: number } {
  const before = [...text].slice(0, offset).join('').split('\n');
  return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
}

const head = 'dueflow.template.';
export type KeptTemplate = { doc: TemplateDoc; version: number; at: number };

/** Whether this browser keeps it: its storage may be closed or full. */
export function keepTemplate(workspace: string, kept: KeptTemplate): boolean {
  try {
    localStorage.setItem(`${head}${workspace}.${kept.doc.key}`, JSON.stringify(kept));
    return true;
  } catch {
    return false; // the page still has it
  }
}

export function keptTemplate(workspace: string, key: string): KeptTemplate | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(`${head}${workspace}.${key}`) ?? 'null');
    return kept?.doc?.variant ? kept : undefined;
  } catch {
    return undefined;
  }
}

export function forgetTemplate(workspace: string, key: string) {
  try {
    localStorage.removeItem(`${head}${workspace}.${key}`);
  } catch {
    // Nothing to forget then.
  }
}

/** A key for a copy or a new template: the name's Latin words, else (in a Chinese name) what it was made from; a number if it is taken. */
export function templateKeyFrom(name: string, taken: ReadonlySet<string>, source = 'message'): string {
  const words = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50);
  const base = words || source;
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) if (!taken.has(`${base}-${n}`)) return `${base}-${n}`;
}

/** Where the step stands that asked for a message, as "flow/step"; nothing if it names none. */
export function flowPath(step: string | null, template: string): string | undefined {
  const [flow, node, more] = step?.split('/') ?? [];
  if (!flow || !node || more !== undefined) return undefined;
  return `/flows/${encodeURIComponent(flow)}?${new URLSearchParams({ step: node, template })}`;
}
