// biome-ignore-all lint/suspicious/noThenProperty: "then" is a word of JSON Schema
import type { Json, Property, Rule, Schema } from '@/shared/form/types';

/** How a rule's sentence compares a field. */
export type Op = 'is' | 'isNot' | 'oneOf' | 'has' | 'atLeast' | 'atMost' | 'filled' | 'empty';
export type Clause = { field: string; op: Op; value?: Json };
/** "Show, hide or require these fields when all or any of these hold." */
export type Sentence = {
  effect: 'show' | 'hide' | 'require';
  fields: string[];
  match: 'all' | 'any';
  clauses: Clause[];
  /** Hidden values stay stored; without it they are dropped when the record is saved. */
  keep?: boolean;
};

export const opsOf = (kind: string): Op[] => {
  switch (kind) {
    case 'choice':
      return ['is', 'isNot', 'oneOf', 'filled', 'empty'];
    case 'boolean':
      return ['is', 'filled', 'empty'];
    case 'multiChoice':
      return ['has', 'filled', 'empty'];
    case 'number':
    case 'money':
    case 'percent':
      return ['is', 'atLeast', 'atMost', 'filled', 'empty'];
    case 'text':
    case 'email':
    case 'phone':
      return ['is', 'isNot', 'filled', 'empty'];
  }
  return ['filled', 'empty'];
};

type Test = Record<string, unknown>;

const at = (field: string, test: Test): Test => ({ properties: { [field]: test }, required: [field] });

function clauseSchema({ field, op, value }: Clause): Test {
  switch (op) {
    case 'is':
      return at(field, { const: value });
    case 'isNot':
      return { not: at(field, { const: value }) };
    case 'oneOf':
      return at(field, { enum: Array.isArray(value) ? value : [value] });
    case 'has':
      return at(field, { contains: { const: value } });
    case 'atLeast':
      return at(field, { minimum: value });
    case 'atMost':
      return at(field, { maximum: value });
    case 'filled':
      return { required: [field] };
    case 'empty':
      return { not: { required: [field] } };
  }
}

/** The condition of a sentence as a schema. */
export function whenSchema({ match, clauses }: Pick<Sentence, 'match' | 'clauses'>): Test {
  const tests = clauses.map(clauseSchema);
  if (tests.length === 1) return tests[0] as Test;
  return match === 'all' ? { allOf: tests } : { anyOf: tests };
}

/** The opposite, without piling "not" upon "not". */
const negate = (test: Test): Test =>
  Object.keys(test).length === 1 && isTest(test.not) ? test.not : { not: test };

const whileShown = 'required while shown';
const hide = { 'x-df-hide': true };

/** A sentence as entries of allOf: if and then, nothing else, so that everybody evaluates the same rule. */
function ruleOf(sentence: Sentence, required: ReadonlySet<string>): Rule[] {
  const when = whenSchema(sentence);
  if (sentence.effect === 'require') return [{ if: when, then: { required: sentence.fields } }];
  const shown = sentence.effect === 'show' ? when : negate(when);
  const hidden = sentence.effect === 'show' ? negate(when) : when;
  const veil = sentence.keep ? hide : false;
  const rules: Rule[] = [
    { if: hidden, then: { properties: Object.fromEntries(sentence.fields.map((field) => [field, veil])) } },
  ];
  const demanded = sentence.fields.filter((field) => required.has(field));
  if (demanded.length > 0) rules.push({ if: shown, then: { required: demanded }, $comment: whileShown });
  return rules;
}

export type Parsed = { sentences: Sentence[]; required: Set<string>; foreign: Rule[] };

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const isTest = (value: unknown): value is Test =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseClause(test: unknown): Clause | undefined {
  if (!isTest(test)) return undefined;
  const inner = test.not;
  if (isTest(inner)) {
    const clause = parseClause(inner);
    if (clause?.op === 'is') return { ...clause, op: 'isNot' };
    return clause?.op === 'filled' ? { ...clause, op: 'empty' } : undefined;
  }
  const [field, more] = Array.isArray(test.required) ? (test.required as string[]) : [];
  if (!field || more) return undefined;
  if (!('properties' in test)) return Object.keys(test).length === 1 ? { field, op: 'filled' } : undefined;
  const says = (test.properties as Record<string, Test>)[field];
  if (!isTest(says)) return undefined;
  const [word] = Object.keys(says);
  const value = says[word ?? ''] as Json;
  let clause: Clause | undefined;
  if (word === 'const') clause = { field, op: 'is', value };
  else if (word === 'enum') clause = { field, op: 'oneOf', value };
  else if (word === 'minimum') clause = { field, op: 'atLeast', value };
  else if (word === 'maximum') clause = { field, op: 'atMost', value };
  else if (word === 'contains' && isTest(value))
    clause = { field, op: 'has', value: (value as Test).const as Json };
  return clause && same(clauseSchema(clause), test) ? clause : undefined;
}

function parseWhen(test: unknown): Pick<Sentence, 'match' | 'clauses'> | undefined {
  if (!isTest(test)) return undefined;
  const many = Array.isArray(test.allOf) ? test.allOf : Array.isArray(test.anyOf) ? test.anyOf : undefined;
  const clauses = (many ?? [test]).map(parseClause);
  if (clauses.some((clause) => !clause)) return undefined;
  const when = { match: test.anyOf ? ('any' as const) : ('all' as const), clauses: clauses as Clause[] };
  return same(whenSchema(when), test) ? when : undefined;
}

function parseHiding(rule: Rule): Sentence | undefined {
  const entries = Object.entries(rule.then?.properties ?? {});
  if (entries.length === 0 || rule.then?.required) return undefined;
  const keep = entries.every(([, veil]) => same(veil, hide));
  if (!keep && !entries.every(([, veil]) => veil === false)) return undefined;
  const fields = entries.map(([field]) => field);
  const negated = isTest(rule.if) && Object.keys(rule.if).length === 1 ? parseWhen(rule.if.not) : undefined;
  const show: Sentence | undefined = negated && { effect: 'show', fields, ...negated };
  const plain = parseWhen(rule.if);
  // "Not is" reads as a clause too; showing is what people mean by it.
  const sentence: Sentence | undefined = show ?? (plain && { effect: 'hide', fields, ...plain });
  return sentence && keep ? { ...sentence, keep: true } : sentence;
}

/** Reads allOf back into sentences. Rules that somebody wrote by hand stay as they are. */
export function parseRules(schema: Schema): Parsed {
  const out: Parsed = { sentences: [], required: new Set(schema.required ?? []), foreign: [] };
  for (const rule of schema.allOf ?? []) {
    if (rule.$comment === whileShown && rule.then?.required) {
      for (const field of rule.then.required) out.required.add(field);
      continue;
    }
    const known = Object.keys(rule).every((key) => key === 'if' || key === 'then');
    const hiding = known ? parseHiding(rule) : undefined;
    const when = known && !hiding ? parseWhen(rule.if) : undefined;
    const fields = rule.then?.required;
    if (hiding) out.sentences.push(hiding);
    else if (when && fields && !rule.then?.properties)
      out.sentences.push({ effect: 'require', fields, ...when });
    else out.foreign.push(rule);
  }
  return out;
}

/** Writes sentences and required fields into the schema. */
export function writeRules(schema: Schema, { sentences, required, foreign }: Parsed): Schema {
  const known = new Set(Object.keys(schema.properties ?? {}));
  const alive = sentences
    .map((sentence) => ({
      ...sentence,
      fields: sentence.fields.filter((field) => known.has(field)),
      clauses: sentence.clauses.filter(({ field }) => known.has(field)),
    }))
    .filter(({ fields, clauses }) => fields.length > 0 && clauses.length > 0);
  const veiled = new Set(alive.filter(({ effect }) => effect !== 'require').flatMap(({ fields }) => fields));
  const allOf = [...alive.flatMap((sentence) => ruleOf(sentence, required)), ...foreign];
  const { allOf: _, required: __, ...rest } = schema;
  const always = [...required].filter((field) => known.has(field) && !veiled.has(field));
  return { ...rest, ...(always.length > 0 && { required: always }), ...(allOf.length > 0 && { allOf }) };
}

export const systemRequired = (property: Property | undefined) => property?.['x-df-system'] === true;
