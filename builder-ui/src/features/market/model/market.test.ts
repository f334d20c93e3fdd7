import { expect, it } from 'vitest';
import { found, isNewer, readable, standingOf, tradesOf } from './catalog';
import {
  byKind,
  chosenField,
  decide,
  differing,
  hindrances,
  openConflicts,
  type PlanObject,
  problemsOf,
  withDecided,
} from './plan';
import { answersOf, choicesOf, faultsOf, type QuestionSchema, questionsOf } from './questions';

const text = (en: string, zh: string) => ({ en, 'zh-CN': zh });
const cards = [
  { id: 'a', name: text('Gentle three steps', '温和三步'), trade: text('Small business', '小企业') },
  { id: 'b', name: text('Graded', '分级'), trade: text('Manufacturing', '制造业'), channels: ['sms'] },
  { id: 'c', name: text('Fees', '学费'), trade: text('Small business', '小企业') },
];

it('finds packs by words of either language, channel and trade', () => {
  const ids = (search: string, trade?: string) => found(cards, search, trade).map(({ id }) => id);
  expect(ids('')).toEqual(['a', 'b', 'c']);
  expect(ids('STEPS three')).toEqual(['a']);
  expect(ids('温和')).toEqual(['a']);
  expect(ids('sms')).toEqual(['b']);
  expect(ids('', 'Small business')).toEqual(['a', 'c']);
  expect(ids('graded', 'Small business')).toEqual([]);
  expect(tradesOf(cards, 'en').map(({ value }) => value)).toEqual(['Manufacturing', 'Small business']);
  expect(tradesOf(cards, 'zh-CN')).toContainEqual({ value: 'Small business', label: '小企业' });
});

it('compares versions by number, not by letter', () => {
  expect(isNewer('1.10.0', '1.9.3')).toBe(true);
  expect(isNewer('1.0.0', '1.0.0')).toBe(false);
  expect(isNewer('1.0', '1.0.1')).toBe(false);
  expect(standingOf({ version: '1.0.0', installed: '' })).toBe('new');
  expect(standingOf({ version: '1.1.0', installed: '1.0.0' })).toBe('upgrade');
  expect(standingOf({ version: '1.0.0', installed: '1.1.0' })).toBe('installed');
});

it('reads a message with gaps for its values', () => {
  expect(readable('Hi {{ customer.name }}{% if a %} x{% else %} y{% endif %}, {{ total | money }}.')).toBe(
    'Hi ‹customer.name› x, ‹total›.',
  );
});

const schema: QuestionSchema = {
  'x-df-order': ['at'],
  properties: {
    before: { type: 'integer', minimum: 1, maximum: 30, default: 3 },
    at: { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$', default: '09:30' },
    how: {
      oneOf: [{ const: 'email', 'x-df-label': text('E-mail', '邮件') }, { const: 'sms' }],
      default: 'sms',
    },
    copy: { type: 'boolean', default: false },
  },
};

it('answers start from the defaults, then what was answered before, then what is typed', () => {
  expect(questionsOf(schema).map(({ name }) => name)).toEqual(['at', 'before', 'how', 'copy']);
  expect(answersOf(schema, { before: 5, gone: 1 }, { at: '10:00' })).toEqual({
    at: '10:00',
    before: 5,
    how: 'sms',
    copy: false,
  });
  // A cleared field stays cleared; the default does not come back while typing.
  expect(answersOf(schema, { before: 5 }, { before: null }).before).toBeNull();
  expect(questionsOf(null)).toEqual([]);
});

it('says which answers cannot stand', () => {
  expect(faultsOf(schema, answersOf(schema))).toEqual({});
  expect(faultsOf(schema, { at: '9:30', before: 31, how: 'fax', copy: true })).toEqual({
    at: 'pattern',
    before: 'range',
    how: 'choice',
  });
  expect(faultsOf(schema, { at: '', before: null, how: 'sms', copy: false })).toEqual({
    at: 'needed',
    before: 'needed',
  });
  expect(faultsOf({ properties: { x: { type: 'string', pattern: '(' } } }, { x: 'y' })).toEqual({});
  expect(choicesOf(schema.properties?.how ?? {})?.map(({ value }) => value)).toEqual(['email', 'sms']);
});

const object = (more: Partial<PlanObject>): PlanObject => ({
  kind: 'flows',
  key: 'x',
  as: 'x',
  action: 'add',
  ...more,
});
const plan = { signed: true };

it('a conflict is open until a side is taken', () => {
  const both = object({ action: 'conflict', conflicts: [{ unit: 'nodes/a' }, { unit: 'name' }] });
  const conflicted = { ...plan, objects: [both] };
  expect(openConflicts(conflicted, {}).map(({ conflict }) => conflict.unit)).toEqual(['nodes/a', 'name']);
  const one = decide({}, both, 'nodes/a', 'theirs');
  expect(openConflicts(conflicted, one).map(({ conflict }) => conflict.unit)).toEqual(['name']);
  expect(hindrances(conflicted, one, false, false)).toEqual(['conflicts']);
  expect(decide(one, both, 'name', 'mine')).toEqual({ 'flows/x': { 'nodes/a': 'theirs', name: 'mine' } });
  expect(hindrances(conflicted, decide(one, both, 'name', 'mine'), false, false)).toEqual([]);
});

it('a conflict that was decided can be decided otherwise', () => {
  const both = object({ action: 'conflict', conflicts: [{ unit: 'nodes/a' }, { unit: 'name' }] });
  const units = (list: { conflict: { unit: string } }[]) => list.map(({ conflict }) => conflict.unit);
  const first = withDecided({ ...plan, objects: [both] }, {}, []);
  expect(units(first)).toEqual(['nodes/a', 'name']);
  const take = decide({}, both, 'nodes/a', 'theirs');
  const after = { ...plan, objects: [object({ action: 'conflict', conflicts: [{ unit: 'name' }] })] };
  expect(units(withDecided(after, take, first))).toEqual(['nodes/a', 'name']);
  // One that is gone without a choice was settled by somebody else.
  expect(units(withDecided(after, {}, first))).toEqual(['name']);
});

it('says what stands in the way', () => {
  expect(hindrances({ ...plan, needs: [{ ok: false, blocking: false }] }, {}, false, false)).toEqual([]);
  expect(
    hindrances(
      {
        signed: false,
        needs: [{ ok: false, blocking: true }],
        fields: [{ status: 'missing' }],
        problems: [{ pointer: '/flows/x' }],
      },
      {},
      true,
      false,
    ),
  ).toEqual(['needs', 'fields', 'problems', 'unsigned']);
  expect(hindrances({ signed: false, problems: [{ pointer: '/accept' }] }, {}, true, true)).toEqual([]);
  expect(hindrances({ signed: false }, {}, false, false)).toEqual([]);
  expect(hindrances({ signed: true, trusted: false }, {}, true, false)).toEqual(['untrusted']);
  expect(hindrances({ signed: true, trusted: true }, {}, true, false)).toEqual([]);
});

it('a conflict shows only what differs', () => {
  const mine = { type: 'send', cfg: { template: 'mine', at: '09:30' } };
  const theirs = { type: 'send', cfg: { template: 'warm', at: '09:30', channel: 'email' } };
  expect(differing(mine, theirs)).toEqual([{ name: 'cfg.template', text: 'mine' }]);
  expect(differing(theirs, mine).map(({ name }) => name)).toEqual(['cfg.template', 'cfg.channel']);
  expect(differing('a', undefined)).toEqual([{ name: '', text: 'a' }]);
  expect(differing(null, 'a')).toEqual([]);
});

it('a field shows what was chosen for it at once', () => {
  const field = { path: 'customer.a', status: 'mapped' as const, to: 'customer.b' };
  expect(chosenField(field, {})).toBe(field);
  expect(chosenField(field, { 'customer.a': '' }).status).toBe('skip');
  expect(chosenField(field, { 'customer.a': 'customer.a' }).status).toBe('add');
  expect(chosenField(field, { 'customer.a': 'customer.c' })).toMatchObject({
    status: 'mapped',
    to: 'customer.c',
  });
});

it('groups objects by kind and problems by question', () => {
  const groups = byKind([object({ kind: 'forms' }), object({ kind: 'flows' }), object({ kind: 'forms' })]);
  expect(groups.map(({ kind, objects }) => [kind, objects.length])).toEqual([
    ['flows', 1],
    ['forms', 2],
  ]);
  expect(
    problemsOf([
      { pointer: '/params/before', message: 'too high' },
      { pointer: '/params/before', message: 'again' },
      { pointer: '/flows/x', message: 'other' },
    ]),
  ).toEqual({ before: 'too high' });
});
