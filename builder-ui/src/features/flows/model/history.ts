import { same } from './document';
import { apply, diff, type Units } from './draft';

type Swap = { unit: string; before: unknown; after: unknown };
type Entry = { swaps: Swap[]; at: number; tag?: string };
export type History = { past: readonly Entry[]; future: readonly Entry[] };

export const emptyHistory: History = { past: [], future: [] };
export const deepest = 100;
const pause = 800;

/**
 * Remembers an edit. Typing into one field (the same tag, less than 800 ms apart) is one entry. Entries hold
 * the touched units only, so that undoing never takes back what a colleague did meanwhile.
 */
export function record(history: History, from: Units, to: Units, now: number, tag?: string): History {
  const swaps = diff(from, to).map(({ unit }) => ({ unit, before: from[unit], after: to[unit] }));
  if (swaps.length === 0) return history;
  const last = history.past.at(-1);
  if (tag && last?.tag === tag && now - last.at < pause) {
    const joined = new Map(last.swaps.map((swap) => [swap.unit, swap]));
    for (const swap of swaps)
      joined.set(swap.unit, { ...swap, before: (joined.get(swap.unit) ?? swap).before });
    return {
      past: [...history.past.slice(0, -1), { swaps: [...joined.values()], at: now, tag }],
      future: [],
    };
  }
  return { past: [...history.past, { swaps, at: now, tag }].slice(-deepest), future: [] };
}

type Step = { history: History; units: Units };

export function undo({ past, future }: History, units: Units): Step {
  const entry = past.at(-1);
  if (!entry) return { history: { past, future }, units };
  // A unit that somebody changed since then is left as they made it.
  const ops = entry.swaps
    .filter(({ unit, after }) => same(units[unit], after))
    .map(({ unit, before }) => ({ unit, value: before }));
  return {
    history: { past: past.slice(0, -1), future: [...future, { ...entry, tag: undefined }] },
    units: apply(units, ops),
  };
}

export function redo({ past, future }: History, units: Units): Step {
  const entry = future.at(-1);
  if (!entry) return { history: { past, future }, units };
  const ops = entry.swaps
    .filter(({ unit, before }) => same(units[unit], before))
    .map(({ unit, after }) => ({ unit, value: after }));
  return { history: { past: [...past, entry], future: future.slice(0, -1) }, units: apply(units, ops) };
}
