import { same } from './document';
import { apply, type Change, diff, type Op, type Person, type Units } from './draft';

/** Both sides of one unit that two people changed; undefined means the side has taken it away. */
export type Conflict = { unit: string; mine: unknown; theirs: unknown; by?: Person; at?: string };

/**
 * What the editor knows: the server's draft at a revision, the draft on screen, and what is on its way. The
 * unsent edits are never stored apart: they are the difference of the two, less what waits for a decision.
 */
export type Sync = {
  server: Units;
  revision: number;
  local: Units;
  sending?: { ops: Op[]; base: number };
  conflicts: readonly Conflict[];
};

export const opened = (server: Units, revision: number): Sync => ({
  server,
  revision,
  local: server,
  conflicts: [],
});

/** The edits that could be sent now. */
export function pending({ server, local, conflicts }: Sync): Op[] {
  const ops = diff(server, local);
  if (conflicts.length === 0) return ops;
  const undecided = new Set(conflicts.map(({ unit }) => unit));
  return ops.filter(({ unit }) => !undecided.has(unit));
}

export const isClean = (sync: Sync) =>
  sync.sending === undefined && sync.conflicts.length === 0 && diff(sync.server, sync.local).length === 0;

export const edit = (sync: Sync, local: Units): Sync => ({ ...sync, local });

export function begin(sync: Sync): Sync {
  const ops = pending(sync);
  return sync.sending || ops.length === 0 ? sync : { ...sync, sending: { ops, base: sync.revision } };
}

/** Nobody minds who wins where a box stands or in which order goals are listed. */
const unimportant = (unit: string) => unit.startsWith('pos/') || unit === 'stopOrder';

/** Takes over what others changed. An own edit of the same unit is never overwritten: it becomes a conflict. */
export function receive(sync: Sync, changes: readonly Change[], revision: number, me?: string): Sync {
  const news = changes.filter((change) => change.revision === undefined || change.revision > sync.revision);
  let { server, local, conflicts } = sync;
  for (const { unit, value, by } of news) {
    const theirs = value ?? undefined;
    const mine = local[unit];
    const clean = same(mine, server[unit]);
    server = apply(server, [{ unit, value }]);
    const known = conflicts.find((conflict) => conflict.unit === unit);
    if (known) {
      conflicts = conflicts.filter((conflict) => conflict !== known);
      if (!same(mine, theirs)) conflicts = [...conflicts, { ...known, theirs, by: by ?? known.by }];
    } else if (clean || leadsNowhere(server, unit, mine)) local = apply(local, [{ unit, value }]);
    else if (!same(mine, theirs) && !isEcho(sync, unit, theirs) && !unimportant(unit) && by?.id !== me)
      conflicts = [...conflicts, { unit, mine, theirs, by }];
  }
  return {
    ...sync,
    server,
    revision: Math.max(sync.revision, revision),
    local,
    conflicts,
  };
}

/** An edge to a step that somebody took away is no edit worth keeping. */
const leadsNowhere = (server: Units, unit: string, mine: unknown) =>
  unit.startsWith('edges/') && typeof mine === 'string' && !(unit in server) && !(`nodes/${mine}` in server);

/** Our own edit, heard back before its answer came. */
const isEcho = ({ sending }: Sync, unit: string, value: unknown) =>
  sending?.ops.some((op) => op.unit === unit && same(op.value ?? undefined, value)) === true;

/** The server has stored what was sent, and tells what others changed meanwhile. */
export function acknowledge(sync: Sync, revision: number, changed: readonly Change[], me?: string): Sync {
  if (!sync.sending) return receive(sync, changed, revision, me);
  // What was stored has been heard of already, and perhaps what came after it.
  if (sync.revision >= revision) return { ...sync, sending: undefined };
  const others = receive(sync, changed, revision, me);
  const newer = new Set(changed.map(({ unit }) => unit));
  const stored = sync.sending.ops.filter(({ unit }) => !newer.has(unit));
  return { ...others, server: apply(others.server, stored), sending: undefined };
}

/** Nothing was stored: keeps the edits for the next try. */
export const failed = (sync: Sync): Sync => ({ ...sync, sending: undefined });

/** Nothing was stored because somebody changed the same units; the other edits can go on. */
export function collide(
  sync: Sync,
  theirs: readonly { unit: string; theirs?: unknown; by?: Person; at?: string }[],
  revision: number,
  changed: readonly Change[],
  me?: string,
): Sync {
  const next = receive({ ...sync, sending: undefined }, changed, revision, me);
  let { conflicts, server } = next;
  for (const entry of theirs) {
    // An answer that was overtaken by news tells nothing new about the unit.
    const value = (sync.revision >= revision ? server[entry.unit] : entry.theirs) ?? undefined;
    server = apply(server, [{ unit: entry.unit, value }]);
    conflicts = conflicts.filter(({ unit }) => unit !== entry.unit);
    const mine = sync.local[entry.unit];
    // Meeting oneself (another tab, a lost answer) is no quarrel: what is on screen wins.
    if (!same(mine, value) && (me === undefined || entry.by?.id !== me))
      conflicts = [...conflicts, { ...entry, theirs: value, mine }];
  }
  return { ...next, server, conflicts };
}

/** One side of a conflict has won. Keeping mine sends it again, now knowing theirs. */
export function decide(sync: Sync, unit: string, side: 'mine' | 'theirs'): Sync {
  const conflict = sync.conflicts.find((entry) => entry.unit === unit);
  if (!conflict) return sync;
  const conflicts = sync.conflicts.filter((entry) => entry !== conflict);
  const local = side === 'theirs' ? apply(sync.local, [{ unit, value: conflict.theirs }]) : sync.local;
  return { ...sync, conflicts, local };
}

/** The server has forgotten how it came here; own edits are laid over its draft as it is now. */
export function restart(sync: Sync, server: Units, revision: number): Sync {
  const mine = diff(sync.server, sync.local);
  const changes = diff(sync.server, server);
  const next = receive({ ...sync, sending: undefined }, changes, revision);
  return { ...next, server, local: apply(next.local, mine) };
}

/** Edits found again after the tab was closed or the browser ended: they were made on top of `changedSince`. */
export function restore(sync: Sync, ops: readonly Op[], changedSince: readonly Change[], me?: string): Sync {
  const theirs = new Map(
    changedSince.filter(({ by }) => by?.id !== me).map((change) => [change.unit, change]),
  );
  const conflicts: Conflict[] = [];
  for (const { unit, value } of ops) {
    const change = theirs.get(unit);
    const mine = value ?? undefined;
    if (change && !same(sync.server[unit], mine))
      conflicts.push({ unit, mine, theirs: sync.server[unit], by: change.by });
  }
  return { ...sync, local: apply(sync.local, ops), conflicts: [...sync.conflicts, ...conflicts] };
}
