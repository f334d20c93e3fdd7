import { format, Validator } from '@cfworker/json-schema';
import { checks } from './checks';
import { type Formula, formulaNumber, formulaText, parseFormula, roundTo } from './formula';
import type { Data, Json, Property, Schema, Wrong } from './types';

/**
 * The server's judgement in the browser: hidden fields dropped, formulas computed, then schema and named
 * checks. Nothing is compiled to code, so the page's content policy holds. The server's verdict still wins.
 */
export type Judge = {
  /** The data as it would be stored; the argument is not changed. */
  settle: (data: Data) => Data;
  validate: (data: Data) => Wrong[];
  /** Fields that a rule hides for this data, kept or not. */
  hidden: (data: Data) => Set<string>;
  /** Fields that must be there for this data. */
  required: (data: Data) => Set<string>;
};

// Formats as the server understands them: a T between date and time, and e-mail addresses with plain hosts.
const isTime = format['date-time'];
format['date-time'] = (text: string) => /^.{10}[Tt]/.test(text) && isTime?.(text) === true;
format.email = isMail;

const bytes = (text: string) => new TextEncoder().encode(text).length;

/** As the server: a dotted name of letters of any script and the usual signs, at a plain host. */
function isMail(text: string): boolean {
  const at = text.lastIndexOf('@');
  const [local, host] = [text.slice(0, at), text.slice(at + 1)];
  if (at < 0 || bytes(text) > 254 || bytes(local) > 64) return false;
  const labels = host.replace(/\.$/, '').split('.');
  if (labels.some((label) => !/^[A-Za-z0-9-]{0,62}[A-Za-z0-9]$/.test(label)) || host.startsWith('-'))
    return false;
  return /^[^\s"(),:;<>@[\\\].\p{Cc}]+(\.[^\s"(),:;<>@[\\\].\p{Cc}]+)*$/u.test(local);
}

type Cell = { key: string; kind: string; formula: Formula };
type Sheet = { cells: Cell[]; rows: Map<string, Sheet> };
type Condition = { field: string; when: Validator };

const rounds = 8;

export function makeJudge(schema: Schema): Judge {
  const sheet = readSheet(schema.properties ?? {});
  const drops: Condition[] = [];
  const veils: Condition[] = [];
  const demands: Condition[] = [];
  for (const rule of schema.allOf ?? []) {
    if (!rule.if) continue;
    const when = compile(rule.if);
    for (const [field, then] of Object.entries(rule.then?.properties ?? {})) {
      if (then === false) drops.push({ field, when });
      else if (isHide(then)) veils.push({ field, when });
    }
    for (const field of rule.then?.required ?? []) demands.push({ field, when });
  }
  const whole = compile(schema);
  const named = namedChecks(schema.properties ?? {});

  const holding = (conditions: Condition[], data: Data) => {
    const fields = new Set<string>();
    for (const { field, when } of conditions)
      if (!fields.has(field) && when.validate(data).valid) fields.add(field);
    return fields;
  };

  return {
    settle(data) {
      const out = structuredClone(data);
      for (const key of Object.keys(out)) if (out[key] === null || out[key] === undefined) delete out[key];
      for (let round = 0; round < rounds; round++) {
        const hidden = holding(drops, out);
        let more = false;
        for (const key of hidden)
          if (Object.hasOwn(out, key)) {
            delete out[key];
            more = true;
          }
        if (compute(sheet, out, hidden)) more = true;
        if (!more) break;
      }
      return out;
    },
    validate: (data) => [...wrongs(whole.validate(data).errors), ...named(data)],
    hidden: (data) => new Set([...holding(drops, data), ...holding(veils, data)]),
    required: (data) => new Set([...(schema.required ?? []), ...holding(demands, data)]),
  };
}

const isHide = (then: unknown) => typeof then === 'object' && then !== null && 'x-df-hide' in then;
const compile = (schema: object) => new Validator(schema as never, '2020-12', false);

function readSheet(properties: Record<string, Property>): Sheet {
  const formulas = new Map<string, Cell>();
  const rows = new Map<string, Sheet>();
  for (const [key, property] of Object.entries(properties)) {
    if (property.items?.properties) {
      const inner = readSheet(property.items.properties);
      if (inner.cells.length > 0) rows.set(key, inner);
    }
    if (!property['x-df-formula']) continue;
    try {
      formulas.set(key, {
        key,
        kind: String(property.type),
        formula: parseFormula(property['x-df-formula']),
      });
    } catch {
      // A draft may hold a formula that cannot be read yet; the designer says so.
    }
  }
  const cells: Cell[] = [];
  const done = new Set<string>();
  let left = [...formulas.keys()].sort();
  while (left.length > 0) {
    const ready = left.filter((key) =>
      formulas.get(key)?.formula.refs.every((ref) => {
        const head = ref.split('.')[0] ?? '';
        return !formulas.has(head) || done.has(head);
      }),
    );
    if (ready.length === 0) break;
    for (const key of ready) {
      const cell = formulas.get(key);
      if (cell) cells.push(cell);
    }
    for (const key of ready) done.add(key);
    left = left.filter((key) => !done.has(key));
  }
  return { cells, rows };
}

function compute(sheet: Sheet, data: Data, hidden: ReadonlySet<string>): boolean {
  let changed = false;
  for (const [key, inner] of sheet.rows) {
    const list = Object.hasOwn(data, key) ? data[key] : undefined;
    if (!Array.isArray(list)) continue;
    for (const row of list)
      if (typeof row === 'object' && row !== null && !Array.isArray(row))
        if (compute(inner, row, new Set())) changed = true;
  }
  for (const cell of sheet.cells) {
    if (hidden.has(cell.key)) continue;
    const value = resultOf(cell, data);
    const had = Object.hasOwn(data, cell.key);
    if (value === undefined ? !had : had && data[cell.key] === value) continue;
    changed = true;
    if (value === undefined) delete data[cell.key];
    else data[cell.key] = value;
  }
  return changed;
}

function resultOf({ kind, formula }: Cell, data: Data): Json | undefined {
  if (kind === 'string') return formulaText(formula, data) || undefined;
  const x = formulaNumber(formula, data);
  if (x === undefined) return undefined;
  const rounded = roundTo(x, kind === 'integer' ? 0 : 6);
  return Math.abs(rounded) >= 2 ** 53 ? undefined : rounded === 0 ? 0 : rounded;
}

function namedChecks(properties: Record<string, Property>) {
  const simple: [string, string][] = [];
  const inRows: [string, string, string][] = [];
  for (const [key, property] of Object.entries(properties)) {
    if (property['x-df-check']) simple.push([key, property['x-df-check']]);
    for (const [column, inner] of Object.entries(property.items?.properties ?? {}))
      if (inner['x-df-check']) inRows.push([key, column, inner['x-df-check']]);
  }
  const fails = (name: string, value: Json | undefined) =>
    typeof value === 'string' && checks[name] !== undefined && !checks[name](value);
  return (data: Data): Wrong[] => {
    const wrong: Wrong[] = [];
    for (const [key, name] of simple)
      if (fails(name, data[key])) wrong.push({ pointer: `/${key}`, rule: `check.${name}` });
    for (const [key, column, name] of inRows) {
      const list = data[key];
      if (!Array.isArray(list)) continue;
      list.forEach((row, at) => {
        if (typeof row === 'object' && row !== null && !Array.isArray(row) && fails(name, row[column]))
          wrong.push({ pointer: `/${key}/${at}/${column}`, rule: `check.${name}` });
      });
    }
    return wrong;
  };
}

/** The library's report as wrong places: leaves only, a missing field named by its own place. */
function wrongs(errors: { keyword: string; instanceLocation: string; error: string }[]): Wrong[] {
  const out = new Map<string, Wrong>();
  for (const { keyword, instanceLocation, error } of errors) {
    if (carriers.has(keyword)) continue;
    let pointer = instanceLocation.replace(/^#/, '');
    let rule = keyword === 'false' ? 'false schema' : keyword;
    if (keyword === 'required') pointer += `/${/property "(.*)"\.$/.exec(error)?.[1] ?? ''}`;
    if (keyword === 'additionalProperties') {
      pointer += `/${/Property "(.*)" does not match additional/.exec(error)?.[1] ?? ''}`;
      rule = 'unknownField';
    }
    if (keyword === 'format') rule = `format.${/"(.*)"/.exec(error)?.[1] ?? ''}`;
    const limit = bounded.test(keyword) ? /(-?[\d.]+?)\)?\.$/.exec(error)?.[1] : undefined;
    if (!out.has(`${pointer} ${rule}`)) out.set(`${pointer} ${rule}`, { pointer, rule, limit });
  }
  for (const { pointer, rule } of [...out.values()])
    if (rule === 'unknownField') out.delete(`${pointer} false schema`);
  return [...out.values()];
}

const bounded = /^(min|max|exclusive)/;
const carriers = new Set(['properties', 'items', 'allOf', 'if', 'then', 'else', '$ref']);
