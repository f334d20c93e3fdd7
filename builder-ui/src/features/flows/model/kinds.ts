import type { Choices, Kind } from './catalog';
import type { Cfg } from './document';

/** The way in which settings are filled in: the first whose mark is set, else the first of all. */
export const kindOf = ({ kinds }: Choices, cfg: Cfg): Kind | undefined =>
  kinds.find(({ by }) => cfg[by] !== undefined) ?? kinds[0];

/** The properties to show: those of the chosen way, and those that belong to none. */
export function shownWith(choices: Choices, kind: Kind, properties: readonly string[]): string[] {
  const bound = new Set(choices.kinds.flatMap(({ by, with: beside }) => [by, ...beside]));
  const here = new Set([kind.by, ...kind.with]);
  return properties.filter((name) => !bound.has(name) || here.has(name));
}

/** The settings after another way was chosen: what both ways know stays, the rest starts anew. */
export function turnTo(choices: Choices, kind: Kind, cfg: Cfg): Cfg {
  const kept = new Set(shownWith(choices, kind, Object.keys(cfg)));
  const rest = Object.fromEntries(Object.entries(cfg).filter(([name]) => kept.has(name)));
  return { ...structuredClone(kind.start), ...rest };
}
