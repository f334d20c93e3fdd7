import type { Data, Json } from './types';

/**
 * Formulas as the server computes them (schemas/form): each operation is one rounding to double, in the order
 * written; what is missing counts as 0 in arithmetic and as nothing in "&"; division by zero, and 2^53 or
 * more, is nothing. Both sides are held to schemas/form/testdata/formulas.json.
 */
type Node = { op: string; num?: number; text?: string; sub?: string; args?: Node[] };
type Value = number | string | boolean | Json[] | undefined;
export type Formula = { root: Node; refs: string[] };

export class FormulaError extends Error {
  constructor(
    readonly rule: string,
    readonly at: number,
  ) {
    super(rule);
  }
}

const maxLength = 500;
const maxDepth = 32;
export const functions: Record<string, [least: number, most: number]> = {
  sum: [1, 1],
  count: [1, 1],
  min: [1, 8],
  max: [1, 8],
  abs: [1, 1],
  round: [1, 2],
  days: [2, 2],
};

export function parseFormula(src: string): Formula {
  if (new TextEncoder().encode(src).length > maxLength) throw new FormulaError('maxLength', 0);
  const parser = new Parser(src);
  const root = parser.concat(0);
  parser.end();
  const refs = new Set<string>();
  const walk = (node: Node) => {
    if (node.op === 'ref') refs.add(node.sub ? `${node.text}.${node.sub}` : (node.text ?? ''));
    node.args?.forEach(walk);
  };
  walk(root);
  return { root, refs: [...refs] };
}

class Parser {
  private pos = 0;
  constructor(private readonly src: string) {}

  private fail(rule: string, at = this.pos): never {
    throw new FormulaError(rule, at);
  }
  private space() {
    while (/[ \t\n\r]/.test(this.src[this.pos] ?? '')) this.pos++;
  }
  private take(ops: string): string {
    this.space();
    const next = this.src[this.pos];
    if (next === undefined || !ops.includes(next)) return '';
    this.pos++;
    return next;
  }
  end() {
    this.space();
    if (this.pos < this.src.length) this.fail('formula');
  }
  private binary(ops: string, depth: number, next: (depth: number) => Node): Node {
    let left = next(depth);
    for (let op = this.take(ops); op; op = this.take(ops)) left = { op, args: [left, next(depth)] };
    return left;
  }
  concat = (depth: number): Node => this.binary('&', depth, this.sum);
  private sum = (depth: number): Node => this.binary('+-', depth, this.product);
  private product = (depth: number): Node => this.binary('*/', depth, this.unary);
  private unary = (depth: number): Node => {
    if (depth > maxDepth) this.fail('maxDepth');
    if (this.take('-')) return { op: 'neg', args: [this.unary(depth + 1)] };
    return this.primary(depth);
  };

  private primary(depth: number): Node {
    this.space();
    const c = this.src[this.pos];
    if (c === undefined) this.fail('formula');
    if (c === '(') {
      this.pos++;
      const inner = this.concat(depth + 1);
      if (!this.take(')')) this.fail('formulaClose');
      return inner;
    }
    if (c === '"' || c === "'") {
      const end = this.src.indexOf(c, this.pos + 1);
      if (end < 0) this.fail('formulaClose');
      const text = this.src.slice(this.pos + 1, end);
      this.pos = end + 1;
      return { op: 'str', text };
    }
    if (/[0-9]/.test(c)) return this.number();
    if (/[a-zA-Z]/.test(c)) return this.named(depth);
    return this.fail('formula');
  }

  private number(): Node {
    const start = this.pos;
    while (/[0-9.]/.test(this.src[this.pos] ?? '')) this.pos++;
    const text = this.src.slice(start, this.pos);
    if (text.length > 17 || !/^\d+(\.\d+)?$/.test(text)) this.fail('number', start);
    return { op: 'num', num: Number(text) };
  }
  private word(): string {
    const start = this.pos;
    while (/[a-zA-Z0-9_]/.test(this.src[this.pos] ?? '')) this.pos++;
    return this.src.slice(start, this.pos);
  }
  private named(depth: number): Node {
    const start = this.pos;
    const name = this.word();
    if (this.src[this.pos] === '.') {
      this.pos++;
      const sub = this.word();
      if (!sub) this.fail('formula');
      return { op: 'ref', text: name, sub };
    }
    if (!this.take('(')) return { op: 'ref', text: name };
    const arity = Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (!arity) this.fail('formulaFunction', start);
    const args: Node[] = [];
    do args.push(this.concat(depth + 1));
    while (this.take(','));
    if (!this.take(')')) this.fail('formulaClose');
    if (args.length < arity[0] || args.length > arity[1]) this.fail('formulaArguments', start);
    return { op: name, args };
  }
}

const usable = (x: number) => !Number.isNaN(x) && Math.abs(x) < 2 ** 53;

/** The result as a number; undefined for nothing. */
export function formulaNumber({ root }: Formula, data: Data): number | undefined {
  const value = evaluate(root, { data });
  return typeof value === 'number' && usable(value) ? value : undefined;
}

export const formulaText = ({ root }: Formula, data: Data): string => textOf(evaluate(root, { data }));

type Env = { data: Data; rows?: string; row?: Data };

function evaluate(node: Node, env: Env): Value {
  const [a, b] = node.args ?? [];
  switch (node.op) {
    case 'num':
      return node.num;
    case 'str':
      return node.text;
    case 'ref':
      return reference(node, env);
    case 'neg':
      return -numberOf(evaluate(a as Node, env));
    case '&':
      return textOf(evaluate(a as Node, env)) + textOf(evaluate(b as Node, env));
    case '+':
    case '-':
    case '*':
    case '/':
      return arithmetic(node.op, numberOf(evaluate(a as Node, env)), numberOf(evaluate(b as Node, env)));
  }
  return call(node, env);
}

const own = (data: Data | undefined, key: string) =>
  data && Object.hasOwn(data, key) ? data[key] : undefined;

function reference(node: Node, env: Env): Value {
  let value: Json | undefined;
  if (!node.sub) value = own(env.data, node.text ?? '');
  else if (node.text === env.rows) value = own(env.row, node.sub);
  if (Array.isArray(value)) return value;
  return typeof value === 'object' ? undefined : value;
}

function arithmetic(op: string, a: number, b: number): number | undefined {
  const x = op === '+' ? a + b : op === '-' ? a - b : op === '*' ? a * b : b === 0 ? Number.NaN : a / b;
  return Number.isFinite(x) ? x : undefined;
}

function call(node: Node, env: Env): Value {
  const args = node.args ?? [];
  const value = (at: number) => evaluate(args[at] as Node, env);
  switch (node.op) {
    case 'sum':
      return sum(args[0] as Node, env);
    case 'count': {
      const list = value(0);
      return Array.isArray(list) ? list.length : 0;
    }
    case 'abs':
      return Math.abs(numberOf(value(0)));
    case 'round': {
      const digits = args.length === 2 ? Math.min(Math.max(Math.trunc(numberOf(value(1))), 0), 6) : 0;
      return roundTo(numberOf(value(0)), digits);
    }
    case 'days': {
      const to = dayOf(value(0));
      const from = dayOf(value(1));
      return to === undefined || from === undefined ? undefined : to - from;
    }
  }
  let best: number | undefined;
  for (const arg of args) {
    const x = evaluate(arg, env);
    if (typeof x !== 'number') continue;
    if (best === undefined || (node.op === 'min' ? x < best : x > best)) best = x;
  }
  return best;
}

function sum(arg: Node, env: Env): number {
  const rows = rowsOf(arg);
  const list = own(env.data, rows);
  let total = 0;
  if (Array.isArray(list))
    for (const row of list)
      total += numberOf(evaluate(arg, { data: env.data, rows, row: isObject(row) ? row : undefined }));
  return total;
}

const isObject = (value: Json | undefined): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function rowsOf(node: Node): string {
  if (node.op === 'ref' && node.sub) return node.text ?? '';
  for (const arg of node.args ?? []) {
    const found = rowsOf(arg);
    if (found) return found;
  }
  return '';
}

const numberOf = (value: Value): number =>
  typeof value === 'number' ? value : typeof value === 'boolean' && value ? 1 : 0;

function textOf(value: Value): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || !usable(value)) return '';
  const text = roundTo(value, 6);
  return text === 0 ? '0' : plain(text);
}

/** Without an exponent: ECMAScript writes 0.000001 so, and the server too. */
const plain = (x: number) => (Math.abs(x) < 1e-6 ? x.toFixed(7).replace(/0+$/, '') : String(x));

/** Half away from zero; the hair's breadth added first lets 1.005 become 1.01. */
export function roundTo(x: number, digits: number): number {
  let factor = 1;
  for (let n = 0; n < digits; n++) factor *= 10;
  let y = Math.abs(x * factor);
  y = Math.floor(y * (1 + 2.220446049250313e-16) + 0.5);
  return (x < 0 ? -y : y) / factor;
}

function dayOf(value: Value): number | undefined {
  const match = typeof value === 'string' ? /^(\d{4})-(\d{2})-(\d{2})/.exec(value) : null;
  if (!match) return undefined;
  let [year, month] = [Number(match[1]), Number(match[2])];
  const day = Number(match[3]);
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined;
  if (month <= 2) {
    year--;
    month += 12;
  }
  const t = Math.trunc;
  return 365 * year + t(year / 4) - t(year / 100) + t(year / 400) + t((153 * (month - 3) + 2) / 5) + day;
}
