import type { Text } from '@/shared/api/types';

export type Conflict = {
  unit: string;
  base?: unknown;
  mine?: unknown;
  theirs?: unknown;
  /** What people call the piece, and its values as sentences where they have one. */
  name?: Text;
  mineSays?: Text;
  theirsSays?: Text;
};
export type PlanObject = {
  kind: 'forms' | 'messages' | 'flows' | 'boards' | 'roles' | 'calendars';
  key: string;
  as: string;
  name?: Text;
  action: 'add' | 'update' | 'keep' | 'same' | 'conflict' | 'gone' | 'propose';
  conflicts?: Conflict[] | null;
  /** How the workspace's own calendar of that name compares. */
  standing?: 'new' | 'same' | 'differs';
  issues?: { severity: 'error' | 'warning'; message: Text | string; node?: string }[] | null;
};
export type Side = 'mine' | 'theirs';
export type Take = Record<string, Record<string, Side>>;
export type PlanBody = {
  id: string;
  file?: string;
  params?: Record<string, unknown>;
  fields?: Record<string, string>;
  take?: Take;
  accept?: string[];
  /** Roles of the pack that are granted. */
  grant?: string[];
  /** Calendars of the pack that are wanted. */
  calendars?: string[];
  rollback?: boolean;
};
type PlanLike = {
  needs?: { ok: boolean; blocking: boolean }[] | null;
  problems?: { pointer: string }[] | null;
  objects?: PlanObject[] | null;
  fields?: { status: string }[] | null;
  signed: boolean;
  trusted?: boolean;
};

type Standing = { status: 'there' | 'add' | 'mapped' | 'skip' | 'missing'; to?: string };

/** How a field stands with what was just chosen, before the server has planned with it. */
export function chosenField<F extends Standing & { path: string }>(
  field: F,
  chosen: Record<string, string>,
): F {
  const to = chosen[field.path];
  if (to === undefined) return field;
  return { ...field, to, status: to === '' ? 'skip' : to === field.path ? 'add' : 'mapped' };
}

/** How an object is named in a plan's choices. */
export const pathOf = ({ kind, key }: { kind: string; key: string }) => `${kind}/${key}`;

export type Open = { object: PlanObject; conflict: Conflict };

/** The conflicts of a plan, and those seen before that a choice has settled meanwhile, in the order of their coming. */
export function withDecided(plan: PlanLike, take: Take, seen: Open[]): Open[] {
  const now = openConflicts(plan, {});
  const nameOf = ({ object, conflict }: Open) => `${pathOf(object)}/${conflict.unit}`;
  const fresh = new Map(now.map((open) => [nameOf(open), open]));
  const kept = seen.flatMap((open) => {
    const current = fresh.get(nameOf(open));
    fresh.delete(nameOf(open));
    if (current) return [current];
    return take[pathOf(open.object)]?.[open.conflict.unit] ? [open] : [];
  });
  return [...kept, ...fresh.values()];
}

/** The pieces that both sides changed and nobody has decided about. */
export function openConflicts(plan: PlanLike, take: Take): Open[] {
  return (plan.objects ?? []).flatMap((object) =>
    (object.conflicts ?? [])
      .filter(({ unit }) => take[pathOf(object)]?.[unit] === undefined)
      .map((conflict) => ({ object, conflict })),
  );
}

function leaves(value: unknown, name = ''): [string, string][] {
  if (value === undefined || value === null) return [];
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).flatMap(([key, part]) => leaves(part, name ? `${name}.${key}` : key));
}

/** The values of one side that the other has not, each with its place. */
export function differing(value: unknown, other: unknown): { name: string; text: string }[] {
  const against = new Map(leaves(other));
  return leaves(value)
    .filter(([name, text]) => against.get(name) !== text)
    .map(([name, text]) => ({ name, text }));
}

export function decide(take: Take, object: PlanObject, unit: string, side: Side): Take {
  const path = pathOf(object);
  return { ...take, [path]: { ...take[path], [unit]: side } };
}

export type Hindrance = 'needs' | 'fields' | 'problems' | 'conflicts' | 'unsigned' | 'untrusted';

/** What stands in the way of applying a plan, in the order in which people can do something about it. */
export function hindrances(plan: PlanLike, take: Take, fromFile: boolean, accepted: boolean): Hindrance[] {
  const out: Hindrance[] = [];
  if ((plan.needs ?? []).some(({ ok, blocking }) => !ok && blocking)) out.push('needs');
  if ((plan.fields ?? []).some(({ status }) => status === 'missing')) out.push('fields');
  if (problemsBut(plan.problems).length > 0) out.push('problems');
  if (openConflicts(plan, take).length > 0) out.push('conflicts');
  if (fromFile && !plan.trusted && !accepted) out.push(plan.signed ? 'untrusted' : 'unsigned');
  return out;
}

const kinds = ['flows', 'messages', 'forms', 'boards', 'calendars', 'roles'] as const;

/** The objects of a plan by kind, in the order in which people ask for them. */
export function byKind<O extends { kind: PlanObject['kind'] }>(objects?: O[] | null) {
  return kinds.flatMap((kind) => {
    const of = (objects ?? []).filter((object) => object.kind === kind);
    return of.length > 0 ? [{ kind, objects: of }] : [];
  });
}

/** The problems that a missing consent is none of: that has its own question. */
export const problemsBut = <P extends { pointer: string }>(problems?: P[] | null): P[] =>
  (problems ?? []).filter(({ pointer }) => !pointer.startsWith('/accept'));

/** The problems of answers, by the name of the question. */
export function problemsOf(problems?: { pointer: string; message: string }[] | null): Record<string, string> {
  const out: Record<string, string> = {};
  for (const { pointer, message } of problems ?? []) {
    const name = /^\/(?:params|answers)\/([^/]+)/.exec(pointer)?.[1];
    if (name && !(name in out)) out[name] = message;
  }
  return out;
}

type Finding = NonNullable<PlanObject['issues']>[number];

/** Findings that read the same, once, with how many steps they are about. */
export function findingsOf(issues: readonly Finding[]): { issue: Finding; count: number }[] {
  const out = new Map<string, { issue: Finding; count: number }>();
  for (const issue of issues) {
    const key = JSON.stringify([issue.severity, issue.message]);
    const same = out.get(key);
    if (same) same.count++;
    else out.set(key, { issue, count: 1 });
  }
  return [...out.values()];
}
