import { groupsOf, kindOf } from '@/shared/form/kinds';
import type { FormDoc, Group, Names, Property, Step } from '@/shared/form/types';
import { blank } from './kinds';
import { parseRules, type Sentence, writeRules } from './rules';

/** What is selected: a field, a section by its place, or the form itself. */
export type Selected = { field: string } | { group: number } | undefined;

export const propertyOf = (doc: FormDoc, key: string): Property | undefined => doc.schema.properties?.[key];
export const isLocked = (doc: FormDoc, key: string) => propertyOf(doc, key)?.['x-df-system'] === true;

const withGroups = (doc: FormDoc, groups: Group[]): FormDoc => ({
  ...doc,
  layout: { ...doc.layout, groups },
});

export const copyGroups = (doc: FormDoc): Group[] =>
  groupsOf(doc).map((group) => ({ ...group, fields: [...group.fields] }));

/** A key nobody used: keys are identity, so one that a former field had is not taken again. */
export function freshKey(doc: FormDoc, base: string, more: Iterable<string> = []): string {
  const taken = new Set([...Object.keys(doc.schema.properties ?? {}), ...more]);
  for (const property of Object.values(doc.schema.properties ?? {}))
    for (const former of (property['x-df-former'] as string[] | undefined) ?? []) taken.add(former);
  if (!taken.has(base)) return base;
  for (let n = 2; ; n++) if (!taken.has(`${base}${n}`)) return `${base}${n}`;
}

export const keyBase = (kind: string) => kind.replace(/-./g, (part) => (part[1] ?? '').toUpperCase());

/** Where something goes: a place in a section. */
export type Place = { group: number; at: number };

export function placeAfter(doc: FormDoc, selected: Selected): Place {
  const groups = groupsOf(doc);
  if (selected && 'field' in selected) {
    const group = groups.findIndex(({ fields }) => fields.includes(selected.field));
    if (group >= 0) return { group, at: (groups[group]?.fields.indexOf(selected.field) ?? 0) + 1 };
  }
  if (selected && 'group' in selected && groups[selected.group])
    return { group: selected.group, at: groups[selected.group]?.fields.length ?? 0 };
  const group = groups.length - 1;
  return { group, at: groups[group]?.fields.length ?? 0 };
}

export function addField(
  doc: FormDoc,
  kind: string,
  label: Names,
  place: Place,
  used: Iterable<string> = [],
) {
  const key = freshKey(doc, keyBase(kind), used);
  const groups = copyGroups(doc);
  groups[place.group]?.fields.splice(place.at, 0, key);
  const schema = { ...doc.schema, properties: { ...doc.schema.properties, [key]: blank(kind, label) } };
  return {
    doc: withGroups({ ...doc, schema, title: doc.title || (kind === 'text' ? key : doc.title) }, groups),
    key,
  };
}

/** A new section takes over what stood behind the place. */
export function addGroup(doc: FormDoc, label: Names, tab: boolean, place: Place) {
  const groups = copyGroups(doc);
  const here = groups[place.group];
  const rest = here?.fields.splice(place.at) ?? [];
  const group: Group = tab ? { tab: label, fields: rest } : { title: label, fields: rest };
  groups.splice(place.group + 1, 0, group);
  // The first tab needs one before it, or its fields would stand outside all tabs.
  const first = groups[0];
  if (tab && first && !groups.some((other, at) => at <= place.group && other.tab))
    groups[0] = { ...first, tab: first.title ?? { en: 'General', 'zh-CN': '基本信息' } };
  return { doc: withGroups(doc, groups), group: place.group + 1 };
}

export function updateGroup(doc: FormDoc, at: number, change: Partial<Group>): FormDoc {
  return withGroups(
    doc,
    copyGroups(doc).map((group, place) => (place === at ? { ...group, ...change } : group)),
  );
}

/** Removing a section keeps its fields: they join the one before. */
export function removeGroup(doc: FormDoc, at: number): FormDoc {
  const groups = copyGroups(doc);
  if (groups.length < 2) return updateGroup(doc, at, { title: undefined, tab: undefined });
  const [gone] = groups.splice(at, 1);
  const heir = groups[Math.max(0, at - 1)];
  if (gone && heir)
    heir.fields = at === 0 ? [...gone.fields, ...heir.fields] : [...heir.fields, ...gone.fields];
  return withGroups(doc, groups);
}

export function moveField(doc: FormDoc, key: string, to: Place): FormDoc {
  const groups = copyGroups(doc);
  const from = groups.findIndex(({ fields }) => fields.includes(key));
  const source = groups[from];
  const target = groups[to.group];
  if (!source || !target) return doc;
  const was = source.fields.indexOf(key);
  source.fields.splice(was, 1);
  target.fields.splice(from === to.group && was < to.at ? to.at - 1 : to.at, 0, key);
  return withGroups(doc, groups);
}

/** One step up or down, across the borders of sections. */
export function nudge(doc: FormDoc, key: string, by: -1 | 1): FormDoc {
  const groups = groupsOf(doc);
  const group = groups.findIndex(({ fields }) => fields.includes(key));
  const fields = groups[group]?.fields ?? [];
  const at = fields.indexOf(key);
  if (by < 0) {
    if (at > 0) return moveField(doc, key, { group, at: at - 1 });
    return group > 0
      ? moveField(doc, key, { group: group - 1, at: groups[group - 1]?.fields.length ?? 0 })
      : doc;
  }
  if (at < fields.length - 1) return moveField(doc, key, { group, at: at + 2 });
  return group < groups.length - 1 ? moveField(doc, key, { group: group + 1, at: 0 }) : doc;
}

export function moveGroup(doc: FormDoc, at: number, by: -1 | 1): FormDoc {
  const groups = copyGroups(doc);
  const [group] = groups.splice(at, 1);
  if (!group || at + by < 0 || at + by > groups.length) return doc;
  groups.splice(at + by, 0, group);
  return withGroups(doc, groups);
}

export function updateField(doc: FormDoc, key: string, change: Partial<Property>): FormDoc {
  const property = { ...propertyOf(doc, key), ...change };
  for (const name of Object.keys(property)) if (property[name] === undefined) delete property[name];
  return { ...doc, schema: { ...doc.schema, properties: { ...doc.schema.properties, [key]: property } } };
}

export function removeField(doc: FormDoc, key: string): FormDoc {
  if (isLocked(doc, key)) return doc;
  const parsed = parseRules(doc.schema);
  const { [key]: _, ...properties } = doc.schema.properties ?? {};
  parsed.required.delete(key);
  const widths = { ...doc.layout?.widths };
  delete widths[key];
  const groups = copyGroups(doc).map((group) => ({
    ...group,
    fields: group.fields.filter((name) => name !== key),
  }));
  const next = withGroups({ ...doc, schema: writeRules({ ...doc.schema, properties }, parsed) }, groups);
  return {
    ...next,
    title: doc.title === key ? undefined : doc.title,
    layout: { ...next.layout, widths },
    steps: (doc.steps ?? []).filter(({ to }) => !to?.includes(key)),
  };
}

export function duplicateField(doc: FormDoc, key: string, used: Iterable<string> = []) {
  const property = propertyOf(doc, key);
  if (!property) return { doc, key };
  const copy = freshKey(doc, key.replace(/\d+$/, ''), used);
  const { 'x-df-system': _, ...rest } = structuredClone(property);
  const place = placeAfter(doc, { field: key });
  const groups = copyGroups(doc);
  groups[place.group]?.fields.splice(place.at, 0, copy);
  const schema = { ...doc.schema, properties: { ...doc.schema.properties, [copy]: rest } };
  return { doc: withGroups({ ...doc, schema }, groups), key: copy };
}

export function setRequired(doc: FormDoc, key: string, on: boolean): FormDoc {
  const parsed = parseRules(doc.schema);
  if (on) parsed.required.add(key);
  else parsed.required.delete(key);
  return { ...doc, schema: writeRules(doc.schema, parsed) };
}

export function setSentences(doc: FormDoc, sentences: Sentence[]): FormDoc {
  return { ...doc, schema: writeRules(doc.schema, { ...parseRules(doc.schema), sentences }) };
}

export function setWidth(doc: FormDoc, key: string, half: boolean): FormDoc {
  return {
    ...doc,
    layout: { ...doc.layout, widths: { ...doc.layout?.widths, [key]: half ? 'half' : 'full' } },
  };
}

const word = (key: string) => new RegExp(`(?<![A-Za-z0-9_.])${key}(?![A-Za-z0-9_])`, 'g');

/**
 * Gives a field another key. Of a published field, the stored records must follow: a step says so. Rules and
 * formulas that name the field are rewritten.
 */
export function renameKey(doc: FormDoc, from: string, to: string, published: boolean): FormDoc {
  if (from === to || propertyOf(doc, to) || isLocked(doc, from)) return doc;
  const parsed = parseRules(doc.schema);
  const swap = (key: string) => (key === from ? to : key);
  const properties: Record<string, Property> = {};
  for (const [key, property] of Object.entries(doc.schema.properties ?? {})) {
    const next = { ...property };
    const formula = next['x-df-formula'];
    if (formula) next['x-df-formula'] = formula.replace(word(from), to);
    if (key === from && published)
      next['x-df-former'] = [...((next['x-df-former'] as string[] | undefined) ?? []), from];
    properties[swap(key)] = next;
  }
  parsed.sentences = parsed.sentences.map((sentence) => ({
    ...sentence,
    fields: sentence.fields.map(swap),
    clauses: sentence.clauses.map((clause) => ({ ...clause, field: swap(clause.field) })),
  }));
  parsed.required = new Set([...parsed.required].map(swap));
  const widths = Object.fromEntries(
    Object.entries(doc.layout?.widths ?? {}).map(([key, width]) => [swap(key), width]),
  );
  const groups = copyGroups(doc).map((group) => ({ ...group, fields: group.fields.map(swap) }));
  const steps = (doc.steps ?? []).map((step) => ({ ...step, to: step.to?.map(swap) }));
  const fed = steps.some((step) => step.op !== 'default' && step.to?.includes(to));
  if (published && !fed) steps.push({ op: 'rename', from, to: [to] });
  const next = withGroups({ ...doc, schema: writeRules({ ...doc.schema, properties }, parsed) }, groups);
  return { ...next, title: doc.title && swap(doc.title), steps, layout: { ...next.layout, widths } };
}

export const setSteps = (doc: FormDoc, steps: Step[]): FormDoc => ({ ...doc, steps });

/** Fields that the draft lacks and the published form has. */
export const removedKeys = (published: FormDoc | undefined, doc: FormDoc) =>
  Object.keys(published?.schema.properties ?? {}).filter((key) => !propertyOf(doc, key));

export const kindName = (property: Property) =>
  property['x-df-formula'] !== undefined ? 'formula' : kindOf(property);

/** The other languages in which a field still has its kind's name: renamed in one, it is renamed in these as well. */
export const unnamed = (names: Names | undefined, lang: string, kindIn: (lang: string) => string): string[] =>
  Object.entries(names ?? {})
    .filter(([other, name]) => other !== lang && name === kindIn(other))
    .map(([other]) => other);
