import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import en from '../i18n/en.json';
import {
  changesOf,
  clipped,
  type Entry,
  earlierOf,
  lacksBefore,
  logKinds,
  nameOf,
  sizeOfLarge,
  textOf,
} from './log';

const entry = (part: Partial<Entry>): Entry => ({
  seq: 1,
  at: '',
  actor: '',
  action: 'update',
  object: 'user',
  prev: '',
  hash: '',
  ...part,
});

describe('changesOf', () => {
  it('names nested values by their path', () => {
    const was = { name: 'A', window: { from: '09:00', to: '18:00' }, budgets: [{ max: 3 }] };
    const is = { name: 'A', window: { from: '08:30', to: '18:00' }, budgets: [{ max: 3 }, { max: 9 }] };
    expect(changesOf(was, is)).toEqual([
      { path: 'window.from', before: '09:00', after: '08:30' },
      { path: 'budgets[1].max', before: undefined, after: 9 },
    ]);
  });

  it('takes a list of plain values as one', () => {
    expect(changesOf({ roles: ['a'] }, { roles: ['a', 'b'] })).toEqual([
      { path: 'roles', before: ['a'], after: ['a', 'b'] },
    ]);
    expect(changesOf({ roles: [] }, {})).toEqual([]);
  });

  it('says all of what came or went', () => {
    expect(changesOf(undefined, { name: 'A', on: false })).toEqual([
      { path: 'name', before: undefined, after: 'A' },
      { path: 'on', before: undefined, after: false },
    ]);
    expect(changesOf({ name: 'A' }, null)).toEqual([{ path: 'name', before: 'A', after: undefined }]);
    expect(changesOf('x', 'y')).toEqual([{ path: '', before: 'x', after: 'y' }]);
  });

  it('leaves out the counter that every save moves on, and nothing below it', () => {
    expect(changesOf({ version: 1, pack: { version: '1' } }, { version: 2, pack: { version: '2' } })).toEqual(
      [{ path: 'pack.version', before: '1', after: '2' }],
    );
  });
});

describe('values', () => {
  it('are text as it is, lists with commas, the rest as JSON', () => {
    expect([textOf('a'), textOf(['a', 2]), textOf(false), textOf(null)]).toEqual(['a', 'a, 2', 'false', '']);
  });

  it('are clipped where they are long, or of many lines', () => {
    expect(clipped('short')).toBeUndefined();
    expect(clipped('x'.repeat(500))).toBe(`${'x'.repeat(120)}…`);
    expect(clipped('1\n2\n3\n4')).toBe('1\n2\n3…');
  });

  it('too large for the log are told by their size', () => {
    expect(sizeOfLarge({ bytes: 70_000, sha256: 'ab' })).toBe(70_000);
    expect(sizeOfLarge({ bytes: 70_000, sha256: 'ab', name: 'A' })).toBeUndefined();
    expect(sizeOfLarge(undefined)).toBeUndefined();
  });
});

describe('what an entry is about', () => {
  it('is called by its values, else by an id that can be read', () => {
    expect(nameOf(entry({ before: { name: 'Old' }, after: { name: 'New' } }))).toBe('New');
    expect(nameOf(entry({ before: { email: 'a@b.c' } }))).toBe('a@b.c');
    expect(nameOf(entry({ object: 'template', after: { name: { en: 'Firm' } } }))).toEqual({ en: 'Firm' });
    expect(nameOf(entry({ object: 'flow', id: 'graded' }))).toBe('graded');
    expect(nameOf(entry({ object: 'key', id: '0f3e' }))).toBeUndefined();
    expect(nameOf(entry({ object: 'workspace', after: { name: 'Acme' } }))).toBeUndefined();
  });

  it('is looked for in earlier entries only where the entry itself does not say it', () => {
    const now = entry({ id: 'a', after: { x: 1 } });
    expect(lacksBefore(now)).toBe(true);
    expect(lacksBefore({ ...now, before: null })).toBe(false);
    expect(lacksBefore({ ...now, taken: true })).toBe(false);
    const said = entry({ after: { x: 0 } });
    expect(earlierOf([entry({ action: 'test', after: {} }), said])).toBe(said);
    expect(earlierOf([entry({ action: 'delete' }), said])).toBeUndefined();
    expect(earlierOf([])).toBeUndefined();
  });
});

describe('the server’s entries', () => {
  const server = '../server';
  const text = readdirSync(server, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.go') && !path.endsWith('_test.go'))
    .map((path) => readFileSync(`${server}/${path}`, 'utf8'))
    .join('\n');
  const calls = [...text.matchAll(/(?:audit|Audit|noted)\(ctx, [^,"]+(?:\([^)]*\))?, "([\w.]+)", "(\w+)"/g)];
  const changes = [...text.matchAll(/auditChange\(ctx, a, "(\w+)"/g)];
  const literals = [...text.matchAll(/Action: "([\w.]+)", Object: "(\w+)"/g)];

  it('have words for what was done and to what', () => {
    const objects = [...calls, ...literals].map(([, , object]) => object ?? '');
    objects.push(...changes.map(([, object]) => object ?? ''));
    const actions = [...calls, ...literals].map(([, action]) => action ?? '');
    expect(calls.length).toBeGreaterThan(40);
    expect(literals.length).toBeGreaterThan(15);
    type Words = Record<string, unknown>;
    const { object, action, kinds }: Record<'object' | 'action' | 'kinds', Words> = en.log;
    expect(objects.filter((key) => !object[key] || !kinds[key] || !logKinds.includes(key))).toEqual([]);
    const known = (key: string) =>
      key.split('.').reduce<unknown>((at, part) => (at as Words | undefined)?.[part], action);
    expect(actions.filter((key) => !known(key))).toEqual([]);
    expect(Object.keys(kinds).sort()).toEqual([...logKinds].sort());
  });
});
