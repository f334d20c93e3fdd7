import type { Text } from '@/shared/api/types';
import type { Schema } from './catalog';
import { type Field, type Item, readFilter } from './conditions';
import { readDay } from './days';
import { type Filter, isObject, type Span } from './document';

type Names = ReadonlyMap<string, string>;
/** What the words of a value are made of: the texts of the page, and what things are called here. */
export type Words = {
  t: (key: string, values?: Record<string, unknown>) => string;
  text: (text?: Partial<Text>) => string;
  money: (amount: number) => string;
  date: (date: string) => string;
  fields: ReadonlyMap<string, Field>;
  names: Record<'user' | 'template' | 'channel' | 'role' | 'event' | 'param', Names>;
};

const pairs = (value: unknown): [string, unknown][] => Object.entries(isObject(value) ? value : {});
const called = (names: Names, key: unknown) => names.get(String(key)) || String(key);
const isDay = (field?: Field) => field?.type === 'date' || field?.type === 'instant';

function sayField({ fields, text }: Words, path: unknown): string {
  return text(fields.get(String(path))?.name) || String(path);
}

function sayDay({ t, date }: Words, value: unknown): string {
  const day = readDay(value);
  if (day.kind === 'on') return date(day.date);
  if (day.kind === 'today') return t('designer.filter.day.today');
  return `${day.days} ${t(`designer.filter.day.${day.kind}`)}`;
}

/** The value of a field, as in the right-hand side of a comparison. */
function sayFieldValue(words: Words, value: unknown, field?: Field): string {
  if (Array.isArray(value))
    return value.map((one) => sayFieldValue(words, one, field)).join(words.t('designer.comma'));
  const option = field?.options?.find((entry) => entry.value === value);
  if (option) return words.text(option.name) || String(value);
  if (field?.ref === 'user') return called(words.names.user, value);
  if (field?.type === 'money' && typeof value === 'number') return words.money(value);
  if (isDay(field)) return sayDay(words, value);
  return typeof value === 'boolean' ? words.t(`designer.filter.yes.${value}`) : String(value ?? '');
}

function sayItem(words: Words, item: Item): string {
  const { t, fields } = words;
  if (item.kind === 'opaque') return t('designer.filter.opaque');
  if (item.kind === 'group') {
    const parts = item.items.map((one) => sayItem(words, one)).join(t('designer.semicolon'));
    const plain = item.items.length === 1 && (item.mode === 'all' || item.mode === 'any');
    return plain ? parts : t(`designer.filter.mode.${item.mode}`) + t('designer.colon') + parts;
  }
  const field = fields.get(item.field);
  const op = t(`designer.op.${isDay(field) ? 'date.' : ''}${item.op}`, { defaultValue: item.op });
  const value =
    item.op === 'exists'
      ? t(`designer.filter.known.${item.value !== false}`)
      : sayFieldValue(words, item.value, field);
  return `${sayField(words, item.field)} ${op} ${value}`;
}

function sayFilter(words: Words, value: unknown): string {
  const group = readFilter(value as Filter);
  return group.items.length ? sayItem(words, group) : words.t('designer.filter.everything');
}

function saySpan({ t }: Words, { value, unit }: Span, schema?: Schema): string {
  const amount = `${Math.abs(value)} ${t(`designer.unit.${unit}`, { defaultValue: unit })}`;
  // Only a distance from a date may lie before it.
  return value < 0 && schema ? `${amount} ${t('designer.side.before')}` : amount;
}

/** A way out of a step: its name with its share or its condition. */
function sayWay(words: Words, item: Record<string, unknown>, at: number): string {
  const name = words.text(item.label as Text) || String(at + 1);
  if (typeof item.share === 'number') return `${name} ${words.t('designer.percent', { value: item.share })}`;
  return item.when ? name + words.t('designer.colon') + sayFilter(words, item.when) : name;
}

function sayRole({ t, names }: Words, key: unknown): string {
  return t(`role.${key}`, { defaultValue: called(names.role, key) });
}

function sayAssigned(words: Words, value: unknown): string {
  const [how, key] = pairs(value)[0] ?? [];
  if (how === 'role') return sayRole(words, key);
  return how === 'user' ? called(words.names.user, key) : sayField(words, key);
}

const one = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);

/** Values that a picker of their own fills in. */
function sayPicked(words: Words, value: unknown, schema: Schema): string | undefined {
  const { t, names } = words;
  const list = (say: (entry: unknown) => string) => one(value).map(say).join(t('designer.comma'));
  switch (schema['x-df-widget']) {
    case 'filter':
      return sayFilter(words, value);
    case 'template':
    case 'user':
      return called(names[schema['x-df-widget']], value);
    case 'channel':
    case 'channels':
      return list((key) => (key === 'preferred' ? t('designer.preferred') : called(names.channel, key)));
    case 'events':
      return list((key) => called(names.event, key));
    case 'field':
    case 'fields':
      return list((path) => sayField(words, path));
    case 'role':
      return sayRole(words, value);
    case 'assign':
      return sayAssigned(words, value);
    case 'values':
      return pairs(value)
        .map(([path, to]) => `${sayField(words, path)} = ${sayFieldValue(words, to, words.fields.get(path))}`)
        .join(t('designer.comma'));
    case 'cases':
    case 'shares':
    case 'results':
      return one(value)
        .filter(isObject)
        .map((item, at) => sayWay(words, item, at))
        .join(t('designer.semicolon'));
  }
}

/** What the value of a setting says to people; `schema` tells which kind of setting it is. */
export function sayValue(words: Words, value: unknown, schema?: Schema): string {
  const { t, text, names } = words;
  if (value === undefined || value === null || value === '') return t('designer.conflict.unset');
  if (isObject(value) && typeof value.$param === 'string')
    return t('designer.fromParam', { name: called(names.param, value.$param) });
  if (typeof value === 'boolean') return t(`designer.filter.yes.${value}`);
  const label = schema?.['x-df-labels']?.[String(value)];
  const picked = label ? text(label) : schema && sayPicked(words, value, schema);
  if (picked !== undefined) return picked;
  if (Array.isArray(value)) {
    const part = { 'x-df-labels': schema?.['x-df-labels'], ...schema?.items };
    return value.map((entry) => sayValue(words, entry, part)).join(t('designer.comma'));
  }
  if (!isObject(value)) return String(value);
  if ('en' in value || 'zh-CN' in value) return text(value as Text);
  if ('value' in value && typeof value.unit === 'string') return saySpan(words, value as Span, schema);
  return pairs(value)
    .map(([key, inner]) => {
      const part = schema?.properties?.[key];
      return `${text(part?.['x-df-title']) || key} ${sayValue(words, inner, part)}`;
    })
    .join(t('designer.comma'));
}
