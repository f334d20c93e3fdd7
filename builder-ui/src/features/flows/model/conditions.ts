import type { Text } from '@/shared/api/types';
import { type Filter, isObject } from './document';

export type FieldType = 'text' | 'number' | 'money' | 'bool' | 'date' | 'instant' | 'list';
export type Field = {
  path: string;
  group: string;
  name: Text;
  type: FieldType;
  ops?: string[];
  options?: { value: unknown; name: Text }[];
  ref?: string;
};

export type Mode = 'all' | 'any' | 'none' | 'notAll';
export type Group = { kind: 'group'; mode: Mode; items: Item[] };
export type Comparison = { kind: 'is'; field: string; op: string; value?: unknown };
/** A part this editor cannot show; it is kept as it is. */
export type Opaque = { kind: 'opaque'; raw: Filter };
export type Item = Group | Comparison | Opaque;

const opsByType: Record<FieldType, string[]> = {
  text: ['eq', 'ne', 'in', 'nin', 'contains', 'startsWith', 'exists'],
  number: ['eq', 'ne', 'lt', 'lte', 'gt', 'gte', 'exists'],
  money: ['gte', 'gt', 'lte', 'lt', 'eq', 'ne', 'exists'],
  bool: ['eq', 'exists'],
  date: ['lte', 'gte', 'lt', 'gt', 'eq', 'ne', 'exists'],
  instant: ['lte', 'gte', 'lt', 'gt', 'exists'],
  list: ['has', 'hasAny', 'exists'],
};

export const opsOf = (field: Field): string[] => (field.ops?.length ? field.ops : opsByType[field.type]);

export const takesList = (op: string) => op === 'in' || op === 'nin' || op === 'hasAny';

/** The value a comparison starts with, or keeps when its operator changes. */
export function valueFor(field: Field, op: string, before?: unknown): unknown {
  if (op === 'exists') return typeof before === 'boolean' ? before : true;
  if (takesList(op))
    return Array.isArray(before) ? before : before === undefined || before === '' ? [] : [before];
  const one = Array.isArray(before) ? before[0] : before;
  if (field.type === 'bool') return typeof one === 'boolean' ? one : true;
  return typeof one === 'boolean' ? undefined : one;
}

export function isComplete(item: Item): boolean {
  if (item.kind === 'group') return item.items.some(isComplete);
  if (item.kind === 'opaque') return true;
  if (!item.field || !item.op) return false;
  if (item.op === 'exists') return true;
  return Array.isArray(item.value) ? item.value.length > 0 : item.value !== undefined && item.value !== '';
}

const groupKeys: Record<string, Mode> = { all: 'all', any: 'any' };

export function readItem(raw: unknown): Item {
  if (!isObject(raw)) return { kind: 'opaque', raw: {} };
  const keys = Object.keys(raw);
  if (typeof raw.field === 'string')
    return { kind: 'is', field: raw.field, op: String(raw.op ?? ''), value: raw.value };
  const key = keys[0];
  if (keys.length === 1 && key && groupKeys[key] && Array.isArray(raw[key]))
    return { kind: 'group', mode: groupKeys[key], items: (raw[key] as unknown[]).map(readItem) };
  if (keys.length === 1 && key === 'not') {
    const inner = readItem(raw.not);
    if (inner.kind === 'group' && inner.mode === 'any') return { ...inner, mode: 'none' };
    if (inner.kind === 'group' && inner.mode === 'all') return { ...inner, mode: 'notAll' };
    if (inner.kind === 'is') return { kind: 'group', mode: 'none', items: [inner] };
  }
  return { kind: 'opaque', raw };
}

/** The whole condition as a group, so that the editor always has a place for one more. */
export function readFilter(raw: Filter | undefined | null): Group {
  if (!raw || Object.keys(raw).length === 0) return { kind: 'group', mode: 'all', items: [] };
  const item = readItem(raw);
  return item.kind === 'group' ? item : { kind: 'group', mode: 'all', items: [item] };
}

function writeItem(item: Item): Filter | undefined {
  if (item.kind === 'opaque') return item.raw;
  if (!isComplete(item)) return undefined;
  if (item.kind === 'is') return { field: item.field, op: item.op, value: item.value };
  const parts = item.items.map(writeItem).filter((part) => part !== undefined);
  if (item.mode === 'all') return { all: parts };
  if (item.mode === 'any') return { any: parts };
  if (item.mode === 'none') return { not: parts.length === 1 ? parts[0] : { any: parts } };
  return { not: { all: parts } };
}

/** The condition without its unfinished lines; undefined means everything. One line needs no group. */
export function writeFilter(group: Group): Filter | undefined {
  const filter = writeItem(group);
  if (!filter) return undefined;
  const only = group.mode === 'all' || group.mode === 'any' ? (filter[group.mode] as Filter[]) : undefined;
  return only?.length === 1 ? only[0] : filter;
}

/** Fields by group, in the server's order. */
export function byGroup(fields: readonly Field[]): Map<string, Field[]> {
  const groups = new Map<string, Field[]>();
  for (const field of fields) groups.set(field.group, [...(groups.get(field.group) ?? []), field]);
  return groups;
}

/** A field as it is put into a text: amounts with their currency, days as people write them. */
export function placeholder(path: string, type?: FieldType): string {
  const form = path.startsWith('invoice.') ? 'invoice' : 'account';
  const filter =
    type === 'money' ? ` | money: ${form}.currency` : type === 'date' || type === 'instant' ? ' | date' : '';
  return `{{ ${path}${filter} }}`;
}
