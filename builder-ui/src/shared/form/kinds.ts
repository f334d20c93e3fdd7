import type { FormDoc, Group, Layout, Names, Property } from './types';

/** What kind of field a property is; the server reads it the same way (schemas/form). */
export function kindOf(property: Property): string {
  const type = Array.isArray(property.type) ? property.type[0] : property.type;
  if (property['x-df-type']) return property['x-df-type'];
  if (property['x-df-ref'] && type !== 'array') return 'reference';
  if (property.enum || property.oneOf) return 'choice';
  if (type === 'boolean') return 'boolean';
  if (type === 'integer' || type === 'number') return 'number';
  if (property.format === 'date' || property.format === 'date-time') return property.format;
  if (property.format === 'email') return 'email';
  if (type === 'array') return property.items?.properties ? 'rows' : 'multiChoice';
  if (type === 'object') return 'object';
  return 'text';
}

export const isFormula = (property: Property) => property['x-df-formula'] !== undefined;

/** The choices of a field or of its list's entries, with their names. */
export function choicesOf(property: Property): { value: string | number | boolean; names: Names }[] {
  const source = property.type === 'array' ? (property.items ?? {}) : property;
  if (source.oneOf)
    return source.oneOf.map((choice) => ({
      value: choice.const,
      names: choice['x-df-label'] ?? { en: choice.title, 'zh-CN': choice.title },
    }));
  return (source.enum ?? [])
    .filter((value) => value !== null && typeof value !== 'object')
    .map((value) => ({
      value: value as string,
      names: { en: String(value), 'zh-CN': String(value) },
    }));
}

/** The layout's sections with every field of the schema exactly once; what no section names comes last. */
export function groupsOf(form: Pick<FormDoc, 'schema' | 'layout'>): Group[] {
  const left = new Set(Object.keys(form.schema.properties ?? {}));
  const groups: Group[] = [];
  for (const group of form.layout?.groups ?? []) {
    const fields = (Array.isArray(group.fields) ? group.fields : []).filter((key) => left.delete(key));
    groups.push({ ...group, fields });
  }
  if (left.size > 0 || groups.length === 0) {
    const last = groups.at(-1);
    if (last) last.fields.push(...left);
    else groups.push({ fields: [...left] });
  }
  return groups;
}

export type TabPage = { title?: Names; groups: { group: Group; at: number }[] };

/** Sections by tab; one page without a title when there are no tabs. */
export function pagesOf(groups: Group[]): TabPage[] {
  const pages: TabPage[] = [];
  groups.forEach((group, at) => {
    const last = pages.at(-1);
    if (group.tab || !last) pages.push({ title: group.tab, groups: [{ group, at }] });
    else last.groups.push({ group, at });
  });
  return pages.filter((page) => page.title || page.groups.some(({ group }) => group.fields.length > 0));
}

export const isHalf = (layout: Layout | undefined, key: string) => layout?.widths?.[key] === 'half';
