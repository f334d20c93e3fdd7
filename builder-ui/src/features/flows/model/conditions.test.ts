import { describe, expect, it } from 'vitest';
import { type Field, opsOf, placeholder, readFilter, valueFor, writeFilter } from './conditions';
import { readDay, writeDay } from './days';
import { addDays, countDays, hearLine, nothing, splitLines, takenWays, weeks } from './rehearsal';

const open = { field: 'invoice.open', op: 'gt', value: 0 };
const tier = { field: 'customer.tier', op: 'eq', value: 'A' };
const name = { en: '', 'zh-CN': '' };
const money: Field = { path: 'invoice.open', group: 'invoice', name, type: 'money' };

describe('conditions', () => {
  it('come back as they were', () => {
    for (const filter of [
      open,
      { all: [open, tier] },
      { any: [open, { all: [tier, open] }] },
      { not: { any: [open, tier] } },
      { not: { all: [open, tier] } },
      { not: open },
      { all: [open, { not: tier }] },
      { all: [open, { future: { strange: true } }] },
    ])
      expect(writeFilter(readFilter(filter))).toEqual(filter);
    expect(writeFilter(readFilter(undefined))).toBeUndefined();
    expect(writeFilter(readFilter({}))).toBeUndefined();
  });

  it('leave out what is not finished', () => {
    const group = readFilter({ all: [open] });
    group.items.push({ kind: 'is', field: '', op: 'eq' }, { kind: 'is', field: 'customer.tier', op: 'eq' });
    expect(writeFilter(group)).toEqual(open);
    expect(
      writeFilter({ kind: 'group', mode: 'any', items: [{ kind: 'is', field: 'x', op: 'in', value: [] }] }),
    ).toBeUndefined();
  });

  it('show fields in a text as people write them', () => {
    expect(placeholder('customer.name', 'text')).toBe('{{ customer.name }}');
    expect(placeholder('invoice.open', 'money')).toBe('{{ invoice.open | money: invoice.currency }}');
    expect(placeholder('invoice.dueDate', 'date')).toBe('{{ invoice.dueDate | date }}');
  });

  it('keep a value that still fits when the comparison changes', () => {
    expect(opsOf(money)).toContain('gte');
    expect(valueFor(money, 'in', 5)).toEqual([5]);
    expect(valueFor(money, 'gte', [5, 6])).toBe(5);
    expect(valueFor(money, 'exists', 5)).toBe(true);
    expect(valueFor({ ...money, type: 'bool' }, 'eq')).toBe(true);
  });
});

describe('days', () => {
  it('come back as they were, for dates and for instants', () => {
    for (const [value, whole] of [
      ['2026-03-31', false],
      [{ today: 0 }, false],
      [{ today: -30 }, false],
      [{ wholeDay: 7 }, true],
      [{ wholeDay: '2026-03-31' }, true],
    ] as const)
      expect(writeDay(readDay(value), whole)).toEqual(value);
  });

  it('are a date to be filled in at first, and whole for an instant of before', () => {
    expect(readDay(undefined)).toEqual({ kind: 'on', date: '' });
    expect(writeDay(readDay(undefined), false)).toBeUndefined();
    expect(writeDay(readDay('2026-03-31T00:00:00Z'), true)).toEqual({ wholeDay: '2026-03-31' });
  });
});

describe('rehearsal', () => {
  it('reads lines however they are cut', () => {
    const first = splitLines('', '{"a":1}\n{"b"');
    expect(first).toEqual({ lines: ['{"a":1}'], rest: '{"b"' });
    expect(splitLines(first.rest, ':2}\n\n')).toEqual({ lines: ['{"b":2}'], rest: '' });
  });

  it('gathers what was told', () => {
    const task = { at: '2026-01-05T01:00:00Z', customer: 'c', name: 'C', node: 'n', title: name };
    const other = {
      ...task,
      items: [],
      amount: 1,
      currency: 'CNY',
      channel: 'sms',
      template: 't',
      flow: 'o',
    };
    const so = [
      { progress: { done: 1, total: 2 } },
      { tasks: [task] },
      { others: [other] },
      { tasks: [task] },
    ].reduce(hearLine, nothing);
    expect(so.others).toEqual([other]);
    expect(so.progress.done).toBe(1);
    expect(countDays(so, (at) => at.slice(0, 10))).toEqual({ '2026-01-05': { messages: 0, tasks: 2 } });
    expect(hearLine(so, { problem: { title: 'no' } }).problem).toBe('no');
  });

  it('lays days out in whole weeks', () => {
    const rows = weeks('2026-01-07', '2026-01-19', { '2026-01-08': { messages: 3, tasks: 1 } });
    expect(rows).toHaveLength(3);
    expect(rows[0]?.map(({ outside }) => outside === true)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
      false,
    ]);
    expect(rows[0]?.[3]).toMatchObject({ date: '2026-01-08', messages: 3, tasks: 1 });
    expect(weeks('2026-02-01', '2026-01-01', {})).toEqual([]);
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01');
  });

  it('knows the ways a path took', () => {
    const step = { at: '', run: 'r', node: 'tier', what: 'left' };
    expect([...takenWays([{ ...step, port: 'vip' }, step])]).toEqual(['tier/vip']);
  });
});
