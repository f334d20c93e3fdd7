import type { FormDoc, Property } from '@/shared/form/types';

export type FieldChange = {
  key: string;
  kind: 'added' | 'removed' | 'changed';
  before?: Property;
  after?: Property;
  /** The words of the schema that differ. */
  words: string[];
};

const text = (value: unknown) => JSON.stringify(value) ?? '';

/** The words of a schema as the properties of a field call them; several words may be one property. */
const names: Record<string, string> = {
  'x-df-label': 'label',
  'x-df-help': 'help',
  maxLength: 'maxLength',
  minLength: 'rulesOfText',
  pattern: 'rulesOfText',
  format: 'rulesOfText',
  'x-df-pattern': 'rulesOfText',
  'x-df-check': 'rulesOfText',
  enum: 'options',
  oneOf: 'options',
  minimum: 'limits',
  maximum: 'limits',
  multipleOf: 'limits',
  'x-df-formula': 'formula',
  'x-df-auto': 'numbering',
  'x-df-ref': 'reference',
  'x-df-searchable': 'searchable',
  'x-df-sortable': 'sortable',
  'x-df-unique': 'unique',
  'x-df-personal': 'personal',
  'x-df-access': 'access',
  items: 'columns',
  maxItems: 'mostRows',
  minItems: 'leastRows',
  type: 'diffKind',
  'x-df-type': 'diffKind',
};
/** What the product notes for itself. */
const silent = new Set(['x-df-former', 'x-df-system']);

/** Text keys of the properties in which a field differs. */
export const propertiesOf = (words: readonly string[]) => [
  ...new Set(words.filter((word) => !silent.has(word)).map((word) => `forms.${names[word] ?? 'diffOther'}`)),
];

const missing = (all: readonly string[] = [], from: readonly string[] = []) =>
  all.filter((one) => !from.includes(one));

/** What changed from one revision to another, field by field. */
export function diffForms(before: FormDoc | undefined, after: FormDoc) {
  const old = before?.schema.properties ?? {};
  const now = after.schema.properties ?? {};
  const fields: FieldChange[] = [];
  for (const key of new Set([...Object.keys(old), ...Object.keys(now)])) {
    const [a, b] = [old[key], now[key]];
    if (!a) fields.push({ key, kind: 'added', after: b, words: [] });
    else if (!b) fields.push({ key, kind: 'removed', before: a, words: [] });
    else if (text(a) !== text(b)) {
      const words = [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
        (word) => text(a[word]) !== text(b[word]),
      );
      if (words.length > 0) fields.push({ key, kind: 'changed', before: a, after: b, words });
    }
  }
  return {
    fields,
    rules: text(before?.schema.allOf) !== text(after.schema.allOf),
    required: missing(after.schema.required, before?.schema.required),
    optional: missing(before?.schema.required, after.schema.required).filter((key) => key in now),
    layout: text(before?.layout) !== text(after.layout),
    name: text(before?.name) !== text(after.name),
  };
}
