import type { Lang, Text } from '@/shared/api/types';

type Card = {
  id: string;
  name: Text;
  about?: Text;
  trade?: Text;
  tags?: string[] | null;
  channels?: string[] | null;
};

/** The languages that packs speak. */
export const langs: Lang[] = ['zh-CN', 'en'];

/** The trades that packs are made for, once each, in the reader's order. */
export function tradesOf(cards: readonly Card[], lang: Lang): { value: string; label: string }[] {
  const trades = new Map<string, string>();
  for (const { trade } of cards) if (trade?.en) trades.set(trade.en, trade[lang] || trade.en);
  return [...trades]
    .map(([value, label]) => ({ value, label }))
    .sort((a, b) => a.label.localeCompare(b.label, lang));
}

/** The packs that hold every word of a search, in whichever language, and are of a trade. */
export function found<C extends Card>(cards: readonly C[], search: string, trade?: string): C[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return cards.filter((card) => {
    if (trade && card.trade?.en !== trade) return false;
    const text = [card.name, card.about, card.trade]
      .flatMap((part) => Object.values(part ?? {}))
      .concat(card.id, card.tags ?? [], card.channels ?? [])
      .join('\n')
      .toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Whether a version comes after another; both are like 1.2.3. */
export function isNewer(version: string, than: string): boolean {
  const a = version.split('.').map(Number);
  const b = than.split('.').map(Number);
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const step = (a[at] ?? 0) - (b[at] ?? 0);
    if (step !== 0) return step > 0;
  }
  return false;
}

export type Standing = 'new' | 'upgrade' | 'installed';

export const standingOf = ({ version, installed }: { version: string; installed?: string }): Standing =>
  !installed ? 'new' : isNewer(version, installed) ? 'upgrade' : 'installed';

/** A message with gaps where values will stand, for reading: the template's own signs say nothing here. */
export const readable = (text = '') =>
  text
    .replaceAll(/\{%-?\s*else\b[\s\S]*?\{%-?\s*endif\s*-?%\}/g, '')
    .replaceAll(/\{%[^%]*%\}/g, '')
    .replaceAll(/\{\{-?\s*([^}|]*?)\s*(\|[^}]*)?-?\}\}/g, '‹$1›')
    .trim();
