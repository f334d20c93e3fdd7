import { describe, expect, it } from 'vitest';
import { apply, type Change, type Op, type Units } from './draft';
import {
  acknowledge,
  begin,
  collide,
  decide,
  edit,
  failed,
  isClean,
  opened,
  pending,
  receive,
  restart,
  restore,
  type Sync,
} from './sync';

const base: Units = { name: 'a', 'nodes/x': { v: 1 }, 'nodes/y': { v: 1 } };
const start = opened(base, 5);
const set = (sync: Sync, unit: string, value: unknown) => edit(sync, apply(sync.local, [{ unit, value }]));

describe('saving', () => {
  it('sends the difference once and knows when all is stored', () => {
    const typed = set(start, 'name', 'b');
    const sent = begin(typed);
    expect(sent.sending).toEqual({ ops: [{ unit: 'name', value: 'b' }], base: 5 });
    expect(begin(sent)).toBe(sent);
    const more = set(sent, 'name', 'c');
    const acked = acknowledge(more, 6, []);
    expect(acked.local.name).toBe('c');
    expect(pending(acked)).toEqual([{ unit: 'name', value: 'c' }]);
    expect(isClean(acknowledge(begin(acked), 7, []))).toBe(true);
  });

  it('loses nothing when the answer does not come', () => {
    const lost = failed(begin(set(start, 'name', 'b')));
    expect(pending(lost)).toEqual([{ unit: 'name', value: 'b' }]);
  });

  it('takes what others changed beside an own edit', () => {
    const typed = set(start, 'name', 'b');
    const heard = receive(typed, [{ unit: 'nodes/x', value: { v: 2 }, revision: 6 }], 6, 'me');
    expect(heard.local).toMatchObject({ name: 'b', 'nodes/x': { v: 2 } });
    expect(heard.conflicts).toEqual([]);
    expect(receive(heard, [{ unit: 'name', value: 'old', revision: 6 }], 6, 'me')).toMatchObject({
      revision: 6,
    });
  });

  it('does not quarrel with its own echo', () => {
    const sent = begin(set(start, 'name', 'b'));
    const more = set(sent, 'name', 'bc');
    const heard = receive(more, [{ unit: 'name', value: 'b', revision: 6 }], 6);
    expect(heard.conflicts).toEqual([]);
    expect(acknowledge(heard, 6, []).local.name).toBe('bc');
  });

  it('lets go of an edge whose step somebody removed', () => {
    const wired = set(start, 'edges/x/out', 'y');
    const heard = acknowledge(begin(wired), 7, [
      { unit: 'nodes/y', value: null, revision: 6, by: { id: 'b', name: 'B' } },
      { unit: 'edges/x/out', value: null, revision: 7 },
    ]);
    expect(heard.conflicts).toEqual([]);
    expect(heard.local).not.toHaveProperty('edges/x/out');
    expect(isClean(heard)).toBe(true);
  });
});

describe('conflicts', () => {
  const by = { id: 'b', name: 'Bo' };
  const both = set(set(start, 'name', 'mine'), 'nodes/x', { v: 9 });
  const met = collide(begin(both), [{ unit: 'name', theirs: 'theirs', by }], 6, [
    { unit: 'name', value: 'theirs', by, revision: 6 },
  ]);

  it('hold back one unit and let the others go on', () => {
    expect(met.conflicts).toEqual([{ unit: 'name', mine: 'mine', theirs: 'theirs', by }]);
    expect(pending(met)).toEqual([{ unit: 'nodes/x', value: { v: 9 } }]);
    expect(met.local.name).toBe('mine');
  });

  it('end with either side', () => {
    expect(pending(decide(met, 'name', 'mine'))).toContainEqual({ unit: 'name', value: 'mine' });
    const yielded = decide(met, 'name', 'theirs');
    expect(yielded.local.name).toBe('theirs');
    expect(pending(yielded)).toEqual([{ unit: 'nodes/x', value: { v: 9 } }]);
  });

  it('are seen when others’ news meet an own edit', () => {
    const typed = set(start, 'name', 'mine');
    const heard = receive(typed, [{ unit: 'name', value: 'theirs', by, revision: 6 }], 6, 'me');
    expect(heard.conflicts).toHaveLength(1);
    expect(receive(typed, [{ unit: 'name', value: 'mine', by, revision: 6 }], 6, 'me').conflicts).toEqual([]);
    expect(
      receive(typed, [{ unit: 'name', value: 'x', by: { id: 'me', name: '' }, revision: 6 }], 6, 'me')
        .conflicts,
    ).toEqual([]);
  });

  it('survive a closed tab', () => {
    const again = restore(
      opened(apply(base, [{ unit: 'name', value: 'theirs' }]), 8),
      [
        { unit: 'name', value: 'mine' },
        { unit: 'nodes/y', value: { v: 3 } },
      ],
      [{ unit: 'name', value: 'theirs', by, revision: 8 }],
      'me',
    );
    expect(again.conflicts).toHaveLength(1);
    expect(pending(again)).toEqual([{ unit: 'nodes/y', value: { v: 3 } }]);
  });

  it('do not arise when the server starts over', () => {
    const typed = set(start, 'nodes/y', { v: 5 });
    const next = restart(typed, apply(base, [{ unit: 'name', value: 'z' }]), 40);
    expect(next.local).toMatchObject({ name: 'z', 'nodes/y': { v: 5 } });
    expect(next.revision).toBe(40);
  });
});

/** A server that merges as the contract says. */
class Server {
  revision = 1;
  units: Units;
  log: Required<Change>[] = [];
  constructor(units: Units) {
    this.units = units;
  }
  after(revision: number) {
    return this.log.filter((entry) => entry.revision > revision);
  }
  patch(user: string, from: number, ops: Op[]) {
    const changed = this.after(from).filter(({ by }) => by.id !== user);
    const clash = ops.filter((op) =>
      changed.some(({ unit, value }) => unit === op.unit && value !== op.value),
    );
    if (clash.length)
      return {
        conflicts: clash.map(({ unit }) => ({
          unit,
          theirs: this.units[unit],
          by: { id: 'other', name: '' },
        })),
        changed,
        revision: this.revision,
      };
    this.revision++;
    this.units = apply(this.units, ops);
    for (const op of ops) this.log.push({ ...op, by: { id: user, name: user }, revision: this.revision });
    return { changed, revision: this.revision };
  }
}

it('two editors and a flaky network end with the same draft and lose no edit', () => {
  let seed = 3;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  for (let round = 0; round < 40; round++) {
    const server = new Server(base);
    const editors: Record<string, Sync> = { a: opened(base, 1), b: opened(base, 1) };
    const flying: Record<string, ReturnType<Server['patch']> | undefined> = {};
    const decided: [string, unknown][] = [];
    let count = 0;
    const step = (user: string, quiet: boolean) => {
      let sync = editors[user]!;
      const kind = quiet ? 1 + random(4) : random(6);
      if (kind === 0 || kind === 5) {
        // Half of the edits are everybody's units, the others each one's own.
        const unit = random(2) ? `shared/${random(3)}` : `${user}/${random(5)}`;
        sync = set(sync, unit, ++count);
      } else if (kind === 1) {
        sync = begin(sync);
        if (sync.sending && !flying[user])
          flying[user] = server.patch(user, sync.sending.base, sync.sending.ops);
      } else if (kind === 2 && flying[user]) {
        const answer = flying[user];
        flying[user] = undefined;
        if (!quiet && random(5) === 0) sync = failed(sync);
        else if ('conflicts' in answer && answer.conflicts)
          sync = collide(sync, answer.conflicts, answer.revision, answer.changed, user);
        else sync = acknowledge(sync, answer.revision, answer.changed, user);
      } else if (kind === 3) sync = receive(sync, server.after(sync.revision), server.revision, user);
      else if (kind === 4 && sync.conflicts[0]) {
        const { unit, mine, theirs } = sync.conflicts[0];
        const side = random(2) ? 'mine' : 'theirs';
        decided.push([unit, side === 'mine' ? theirs : mine]);
        sync = decide(sync, unit, side);
      }
      editors[user] = sync;
    };
    for (let at = 0; at < 400; at++) step(random(2) ? 'a' : 'b', false);
    for (let at = 0; at < 400; at++) step(random(2) ? 'a' : 'b', true);
    for (const user of ['a', 'b']) {
      expect(isClean(editors[user]!)).toBe(true);
      expect(editors[user]!.local).toEqual(server.units);
    }
  }
});
