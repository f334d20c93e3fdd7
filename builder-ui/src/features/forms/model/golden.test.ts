import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeJudge } from '@/shared/form/judge';
import { kindOf } from '@/shared/form/kinds';
import type { Data, FormDoc, Json, Property } from '@/shared/form/types';
import {
  addField,
  addGroup,
  moveField,
  renameKey,
  setRequired,
  setSentences,
  setWidth,
  updateField,
} from './edit';
import { blank, columnKinds, palette, presets } from './kinds';
import { type Clause, opsOf, parseRules, type Sentence } from './rules';
import { emptyDoc } from './store';

/*
 * Forms as the designer's own code makes them, with records good and bad, from a fixed seed. The server
 * compiles every form and judges every record (schemas/form/golden_test.go, which writes verdicts.json);
 * the browser must settle each record to the same data and find the same fields wrong.
 *
 * Exceptions, where the two may differ and the server's word counts:
 *  - what only the server knows: references, uniqueness, files, numbering;
 *  - whole numbers of 2^53 and more, which a browser cannot hold;
 *  - e-mail addresses with quoted names, comments or IP hosts; the generator leaves them out;
 *  - which of several rules a field breaks is named may differ; that it is wrong may not.
 *
 * UPDATE_GOLDEN=1 writes designer.json anew.
 */
const folder = '../schemas/form/testdata';
const forms = 40;
const recordsPerForm = 16;

function random(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
type Dice = ReturnType<typeof random>;
const pick = <T>(dice: Dice, list: readonly T[]): T => list[Math.floor(dice() * list.length)] as T;
const chance = (dice: Dice, p: number) => dice() < p;

const kinds = palette.flatMap(({ kinds }) => kinds).filter((kind) => kind !== 'section' && kind !== 'tab');
const label = { en: 'Field \u{1F600}', 'zh-CN': '字段𠮷' };

function designed(seed: number): FormDoc {
  const dice = random(seed);
  let doc: FormDoc = {
    ...emptyDoc,
    key: `form${seed}`,
    name: label,
    schema: { type: 'object', additionalProperties: false, properties: {} },
  };
  const place = () => ({ group: 0, at: 0 });
  for (let n = 0; n < 4 + Math.floor(dice() * 8); n++) {
    const added = addField(doc, pick(dice, kinds), label, place());
    doc = tuned(added.doc, added.key, dice);
  }
  const keys = Object.keys(doc.schema.properties ?? {});
  doc = addGroup(doc, label, chance(dice, 0.3), { group: 0, at: Math.floor(keys.length / 2) }).doc;
  for (const key of keys) if (chance(dice, 0.3)) doc = setRequired(doc, key, true);
  doc = moveField(doc, pick(dice, keys), { group: 1, at: 0 });
  doc = setWidth(doc, pick(dice, keys), true);
  doc = setSentences(doc, sentences(doc, dice));
  const victim = pick(dice, keys);
  return chance(dice, 0.4) ? renameKey(doc, victim, `${victim}Renamed`, false) : doc;
}

function tuned(doc: FormDoc, key: string, dice: Dice): FormDoc {
  const property = doc.schema.properties?.[key] as Property;
  const numbers = Object.entries(doc.schema.properties ?? {}).filter(
    ([name, other]) => name !== key && (other.type === 'number' || other.type === 'integer'),
  );
  if (property['x-df-formula'] !== undefined) {
    const rows = Object.entries(doc.schema.properties ?? {}).find(([, other]) => kindOf(other) === 'rows');
    const refs = numbers.map(([name]) => name);
    const parts = ['2', ...refs, ...(rows ? [`sum(${rows[0]}.quantity * 1.1)`, `count(${rows[0]})`] : [])];
    const formula = `${pick(dice, parts)} ${pick(dice, ['+', '-', '*', '/'])} ${pick(dice, parts)}`;
    const shape: Partial<Property> = pick(dice, [
      { type: 'number' },
      { type: 'integer', 'x-df-type': 'money' },
      { type: 'string', maxLength: 5000 },
    ]);
    return updateField(doc, key, {
      'x-df-formula': chance(dice, 0.3) ? `round(${formula}, 1)` : formula,
      ...shape,
    });
  }
  if (kindOf(property) === 'text' && chance(dice, 0.7)) {
    const preset = pick(dice, presets);
    return updateField(doc, key, {
      pattern: preset.pattern,
      'x-df-check': preset.check,
      'x-df-pattern': preset.key,
      maxLength: preset.maxLength,
    });
  }
  if (kindOf(property) === 'number' && chance(dice, 0.5))
    return updateField(doc, key, { type: pick(dice, ['number', 'integer']), minimum: -10, maximum: 1000 });
  if (kindOf(property) === 'rows') {
    const columns = { ...property.items?.properties };
    for (let n = 0; n < 2; n++) columns[`more${n}`] = blank(pick(dice, columnKinds), label);
    return updateField(doc, key, {
      items: { ...property.items, properties: columns, ...(chance(dice, 0.5) && { required: ['item'] }) },
    });
  }
  return doc;
}

function sentences(doc: FormDoc, dice: Dice): Sentence[] {
  const keys = Object.keys(doc.schema.properties ?? {});
  const out: Sentence[] = [];
  for (let n = 0; n < Math.floor(dice() * 4); n++) {
    const target = pick(dice, keys);
    const clauses: Clause[] = [];
    for (let m = 0; m < 1 + Math.floor(dice() * 2); m++) {
      const field = pick(dice, keys);
      if (field === target) continue;
      const property = doc.schema.properties?.[field] as Property;
      const op = pick(dice, opsOf(kindOf(property)));
      clauses.push({
        field,
        op,
        ...(op !== 'filled' && op !== 'empty' && { value: compared(property, op) }),
      });
    }
    if (clauses.length > 0)
      out.push({
        effect: pick(dice, ['show', 'hide', 'require'] as const),
        fields: [target],
        match: clauses.length > 1 ? pick(dice, ['all', 'any'] as const) : 'all',
        clauses,
        ...(chance(dice, 0.3) && { keep: true }),
      });
  }
  return out.map((sentence) => (sentence.effect === 'require' ? { ...sentence, keep: undefined } : sentence));
}

function compared(property: Property, op: string): Json {
  const kind = kindOf(property);
  if (op === 'has') return 'option1';
  if (kind === 'choice') return op === 'oneOf' ? ['option1', 'option2'] : 'option1';
  if (kind === 'boolean') return true;
  return ['number', 'money', 'percent'].includes(kind) ? 5 : 'x';
}

const texts = [
  '',
  'x',
  '张三',
  '𠮷野家',
  '😀😀',
  '\u202eabc',
  'a'.repeat(201),
  'a\nb',
  '13800138000',
  '021-55550100',
  '91350100M000100Y43',
  '91350100M000100Y44',
  '11010519491231002X',
  '110105194912310021',
  '6222021234567890128',
  '79927398713',
  '200120',
  '沪A12345',
  'https://example.com/a?b=1',
  'AbC',
  '00123',
  'A_b-1',
];
const mails = [
  'a@example.com',
  'first.last+tag@sub.example.co',
  'a@b',
  'nobody',
  '@x.com',
  'a@',
  'a b@example.com',
  '用户@example.com',
  'a@example..com',
  `${'x'.repeat(65)}@example.com`,
];
const dates = ['2026-02-28', '2026-02-29', '2024-02-29', '2026-13-01', '20260101', '2026-1-1', ''];
const moments = [
  '2026-02-28T08:00:00Z',
  '2026-02-28T08:00:00.123Z',
  '2026-02-28T08:00:00+08:00',
  '2026-02-28 08:00:00Z',
  '2026-02-28T25:00:00Z',
  '2026-02-28T08:00:00',
  '2026-02-30T08:00:00Z',
  '2026-06-30T23:59:60Z',
];
const figures = [
  0,
  1,
  -1,
  5,
  5.5,
  99.99,
  100,
  100.000001,
  101,
  1000,
  1001,
  0.1,
  123456789,
  -10.5,
  1e15,
  1e15 + 1,
  9007199254740991,
  1e-7,
];
const strange: Json[] = [true, 'no', 7, [], {}, [1], { a: 1 }];

/** A good value for each named pattern. */
const samples: Record<string, string> = {
  cnMobile: '13800138000',
  cnPhone: '021-55550100',
  uscc: '91350100M000100Y43',
  cnId: '11010519491231002X',
  bankCard: '6222021234567890128',
  chinese: '张三',
  letters: 'AbC',
  digits: '00123',
  code: 'A_b-1',
  cnPostcode: '200120',
  cnPlate: '沪A12345',
  webAddress: 'https://example.com/a?b=1',
};

/** A value as people fill it in when all goes well. */
function good(property: Property, dice: Dice): Json {
  switch (kindOf(property)) {
    case 'email':
      return pick(dice, mails.slice(0, 2));
    case 'phone':
      return '021-5555 0100';
    case 'date':
      return '2024-02-29';
    case 'date-time':
      return pick(dice, moments.slice(0, 3));
    case 'number':
    case 'money':
    case 'percent':
      return pick(dice, [0, 1, 5, 100]);
    case 'boolean':
      return chance(dice, 0.5);
    case 'choice':
      return pick(dice, ['option1', 'option2']);
    case 'multiChoice':
      return pick(dice, [['option1'], ['option1', 'option2']]);
    case 'address':
      return { province: '上海市', city: '市辖区', district: '浦东新区', street: '世纪大道 1 号' };
    case 'file':
      return [{ id: 'a', name: '合同.pdf', size: 12, type: 'application/pdf' }];
    case 'rows': {
      const columns = property.items?.properties ?? {};
      return [Object.fromEntries(Object.entries(columns).map(([key, column]) => [key, good(column, dice)]))];
    }
  }
  return samples[property['x-df-pattern'] ?? ''] ?? pick(dice, ['x', '张三', '𠮷野家', '\u202eabc', '😀😀']);
}

function value(property: Property, dice: Dice): Json {
  if (chance(dice, 0.06)) return pick(dice, strange);
  if (property['x-df-formula'] !== undefined) return pick(dice, [1, 'x', 2.5]);
  const kind = kindOf(property);
  switch (kind) {
    case 'email':
      return pick(dice, mails);
    case 'date':
      return pick(dice, dates);
    case 'date-time':
      return pick(dice, moments);
    case 'number':
    case 'money':
    case 'percent':
      return pick(dice, figures);
    case 'boolean':
      return chance(dice, 0.5);
    case 'choice':
      return pick(dice, ['option1', 'option2', 'option3']);
    case 'multiChoice':
      return pick(dice, [['option1'], ['option1', 'option2'], ['option1', 'option1'], ['other'], []]);
    case 'address':
      return pick<Json>(dice, [
        { province: '上海市', city: '市辖区', district: '浦东新区', street: '世纪大道 1 号' },
        { street: 'x'.repeat(201) },
        { planet: 'Mars' },
        {},
      ]);
    case 'file':
      return pick<Json>(dice, [
        [{ id: 'a', name: '合同.pdf', size: 12, type: 'application/pdf' }],
        [{ id: 'a' }],
        [],
      ]);
    case 'rows': {
      const rows: Json[] = [];
      for (let n = 0; n < Math.floor(dice() * 4); n++)
        rows.push(filled(property.items?.properties ?? {}, dice, 0.7));
      return rows;
    }
  }
  return pick(dice, texts);
}

function filled(properties: Record<string, Property>, dice: Dice, p: number): Data {
  const data: Data = {};
  for (const [key, property] of Object.entries(properties))
    if (chance(dice, p)) data[key] = value(property, dice);
  return data;
}

function generate() {
  return Array.from({ length: forms }, (_, at) => {
    const form = designed(at + 1);
    const dice = random(1000 + at);
    const records = Array.from({ length: recordsPerForm }, (_, n) => {
      const properties = form.schema.properties ?? {};
      if (n % 2 === 0) {
        const data: Data = {};
        for (const [key, property] of Object.entries(properties))
          if (chance(dice, 0.9)) data[key] = good(property, dice);
        return data;
      }
      const data = filled(properties, dice, 0.65);
      if (chance(dice, 0.03)) data.unknownField = 1;
      return data;
    });
    return { form, records };
  });
}

const path = `${folder}/designer.json`;
const fresh = `[\n${generate()
  .map((entry) => JSON.stringify(entry))
  .join(',\n')}\n]\n`;
if (process.env.UPDATE_GOLDEN) writeFileSync(path, fresh);

describe('forms that the designer makes', () => {
  it('are those that the server was tested with (UPDATE_GOLDEN=1 writes them anew)', () => {
    expect(existsSync(path) && readFileSync(path, 'utf8') === fresh).toBe(true);
  });

  it('read back into the same rules', () => {
    for (const { form } of generate()) {
      const parsed = parseRules(form.schema);
      expect(parsed.foreign, form.key).toEqual([]);
      expect(setSentences(form, parsed.sentences).schema, form.key).toEqual(form.schema);
    }
  });

  type Verdict = { settled: Data; wrong: string[] };
  const verdicts = JSON.parse(readFileSync(`${folder}/verdicts.json`, 'utf8')) as Verdict[][];
  it('are judged here as by the server', () => {
    const differ: unknown[] = [];
    let bad = 0;
    generate().forEach(({ form, records }, at) => {
      const judge = makeJudge(form.schema);
      records.forEach((record, n) => {
        const verdict = verdicts[at]?.[n] as Verdict;
        const settled = judge.settle(record);
        const wrong = [
          ...new Set(judge.validate(settled).map(({ pointer }) => pointer.split('/')[1] ?? '')),
        ].sort();
        if (wrong.length > 0) bad++;
        if (JSON.stringify(wrong) !== JSON.stringify(verdict.wrong))
          differ.push({ form: form.key, n, record, wrong, server: verdict.wrong });
        else expect(settled, `${form.key} ${n}`).toEqual(verdict.settled);
      });
    });
    expect(differ.slice(0, 5)).toEqual([]);
    // Both kinds of records must be among them, or the comparison says little.
    expect(bad).toBeGreaterThan(100);
    expect(bad).toBeLessThan(forms * recordsPerForm - 100);
  });
});
