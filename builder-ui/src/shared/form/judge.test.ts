// biome-ignore-all lint/suspicious/noThenProperty: "then" is a word of JSON Schema
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checks } from './checks';
import { formulaNumber, formulaText, parseFormula } from './formula';
import { makeJudge } from './judge';
import type { Data, Schema } from './types';

const read = (name: string) => JSON.parse(readFileSync(`../schemas/form/testdata/${name}`, 'utf8'));

describe('formulas', () => {
  type Vector = { formula: string; data?: Data; number?: number | null; text?: string; error?: string };
  it.each(read('formulas.json') as Vector[])('$formula', ({ formula, data, number, text, error }) => {
    if (error) {
      expect(() => parseFormula(formula)).toThrow(error);
      return;
    }
    const parsed = parseFormula(formula);
    if (text !== undefined) expect(formulaText(parsed, data ?? {})).toBe(text);
    else expect(formulaNumber(parsed, data ?? {}) ?? null).toBe(number);
  });
});

describe('named checks', () => {
  type Vector = { check: string; value: string; ok: boolean };
  it.each(read('checks.json') as Vector[])('$check $value', ({ check, value, ok }) => {
    expect(checks[check]?.(value)).toBe(ok);
  });
});

describe('judge', () => {
  const schema: Schema = {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { type: 'string', maxLength: 3 },
      kind: { oneOf: [{ const: 'a' }, { const: 'b' }] },
      extra: { type: 'string' },
      code: { type: 'string', 'x-df-check': 'uscc' },
      due: { type: 'string', format: 'date' },
    },
    allOf: [
      {
        if: { not: { properties: { kind: { const: 'a' } }, required: ['kind'] } },
        then: { properties: { extra: false } },
      },
      { if: { properties: { kind: { const: 'a' } }, required: ['kind'] }, then: { required: ['extra'] } },
    ],
  };
  const judge = makeJudge(schema);

  it('drops what a rule hides', () => {
    expect(judge.settle({ name: '甲', kind: 'b', extra: 'x' })).toEqual({ name: '甲', kind: 'b' });
    expect(judge.hidden({ kind: 'b' }).has('extra')).toBe(true);
    expect(judge.required({ kind: 'a' }).has('extra')).toBe(true);
  });

  it('names every wrong place with its rule and limit', () => {
    const wrong = judge.validate({
      name: '𠮷𠮷𠮷𠮷',
      kind: 'b',
      extra: 'x',
      code: 'A',
      due: '2026-02-30',
      more: 1,
    });
    expect(
      wrong.map(({ pointer, rule, limit }) => `${pointer} ${rule} ${limit ?? ''}`.trim()).sort(),
    ).toEqual([
      '/code check.uscc',
      '/due format.date',
      '/extra false schema',
      '/more unknownField',
      '/name maxLength 3',
    ]);
    expect(
      judge
        .validate({ kind: 'a' })
        .map(({ pointer }) => pointer)
        .sort(),
    ).toEqual(['/extra', '/name']);
  });
});
