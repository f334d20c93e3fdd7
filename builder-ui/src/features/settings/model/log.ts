import type { Text } from '@/shared/api/types';

/** A change as the log of changes holds it. */
export type Entry = {
  seq: number;
  at: string;
  /** Id of a user or key, or the name of a part of the product; empty before anybody has signed in. */
  actor: string;
  actorName?: string;
  action: string;
  object: string;
  id?: string;
  addr?: string;
  before?: unknown;
  after?: unknown;
  /** The texts were erased. */
  taken?: boolean;
  /** About an account that the reader may not see. */
  hidden?: boolean;
  prev: string;
  hash: string;
};

/** What a walk over the whole log found. */
export type LogCheck = {
  ok: boolean;
  entries: number;
  hash: string;
  taken?: number;
  at?: number;
  problem?: string;
};

export const logKinds = [
  'workspace',
  'contactRules',
  'calendar',
  'user',
  'invitation',
  'role',
  'session',
  'absence',
  'oidc',
  'key',
  'channel',
  'taskSettings',
  'tierSettings',
  'tiers',
  'reviewMail',
  'flow',
  'template',
  'answer',
  'wording',
  'letter',
  'form',
  'customer',
  'contact',
  'invoice',
  'payment',
  'reminder',
  'personal',
  'bin',
  'pack',
  'packFile',
  'packSamples',
  'publisher',
  'catalog',
  'audit',
];

/** A field that changed; undefined is a side on which it is not there. */
export type Change = { path: string; before?: unknown; after?: unknown };

/** Counters that every save moves on: they say nothing of what was changed. */
const counters = new Set(['version', 'updatedAt']);

/** The fields that differ, by path as in `budgets[0].max`, in the order in which they are first met. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const was = leavesOf(before);
  const is = leavesOf(after);
  const paths = new Set([...was.keys(), ...is.keys()]);
  return [...paths]
    .filter((path) => !counters.has(path) && textOf(was.get(path)) !== textOf(is.get(path)))
    .map((path) => ({ path, before: was.get(path), after: is.get(path) }));
}

/** Every value that holds no others, by its path; a list of plain values is one value. Null is nothing. */
function leavesOf(value: unknown, path = '', found = new Map<string, unknown>()): Map<string, unknown> {
  if (value === null || value === undefined) return found;
  if (Array.isArray(value) && value.some((item) => item !== null && typeof item === 'object'))
    for (const [n, item] of value.entries()) leavesOf(item, `${path}[${n}]`, found);
  else if (typeof value === 'object' && !Array.isArray(value))
    for (const [key, item] of Object.entries(value)) leavesOf(item, path ? `${path}.${key}` : key, found);
  else if (!Array.isArray(value) || value.length > 0) found.set(path, value);
  return found;
}

/** A value as people read it; "" for one that is not there. */
export function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (Array.isArray(value)) return value.map(textOf).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const longest = 120;

/** The beginning of a long text; undefined for one that is shown as it is. */
export function clipped(text: string): string | undefined {
  const line = text.slice(0, longest).split('\n').slice(0, 3).join('\n');
  return line.length < text.length ? `${line.trimEnd()}…` : undefined;
}

/** Kinds whose ids are words that people chose or see. */
const spoken = new Set([
  'flow',
  'template',
  'channel',
  'form',
  'pack',
  'packFile',
  'packSamples',
  'calendar',
  'answer',
]);

/** What the thing is called, if the entry says so: by its values, or by an id that can be read. */
export function nameOf({ object, id, before, after }: Entry): string | Partial<Text> | undefined {
  for (const side of [after, before]) {
    const { name, email } = (side ?? {}) as { name?: unknown; email?: unknown };
    // The workspace's settings and those of a person's absence are named by their kind.
    for (const value of object === 'workspace' ? [] : [name, email]) {
      if (typeof value === 'string' && value) return value;
      if (value && typeof value === 'object') return value as Partial<Text>;
    }
  }
  return spoken.has(object) ? id : undefined;
}

/** A value that was too large for the log: only its size and checksum are there. */
export function sizeOfLarge(value: unknown): number | undefined {
  const { bytes, sha256 } = (value ?? {}) as { bytes?: number; sha256?: string };
  return sha256 && Object.keys(value as object).length === 2 ? bytes : undefined;
}

/** Whether the entry says what the thing is now but not what it was. */
export const lacksBefore = ({ action, id, before, after, taken }: Entry) =>
  action === 'update' && Boolean(id) && before === undefined && isWhole(after) && !taken;

const isWhole = (value: unknown) => typeof value === 'object' && value !== null;

/** Of earlier entries about the same thing, newest first, the one that says what it was. */
export function earlierOf(entries: Entry[]): Entry | undefined {
  const said = entries.find(({ action }) => ['create', 'update', 'delete', 'restore'].includes(action));
  return said && ['create', 'update'].includes(said.action) && isWhole(said.after) && !said.taken
    ? said
    : undefined;
}
