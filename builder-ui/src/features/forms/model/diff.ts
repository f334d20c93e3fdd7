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
    required:
      text([...(before?.schema.required ?? [])].sort()) !== text([...(after.schema.required ?? [])].sort()),
    layout: text(before?.layout) !== text(after.layout),
    name: text(before?.name) !== text(after.name),
  };
}
