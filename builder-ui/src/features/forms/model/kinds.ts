import type { Names, Property } from '@/shared/form/types';

/** The kinds of fields people can add, in the palette's groups. */
export const palette: { group: string; kinds: string[] }[] = [
  { group: 'text', kinds: ['text', 'longText', 'email', 'phone', 'address'] },
  { group: 'numbers', kinds: ['number', 'money', 'percent', 'formula'] },
  { group: 'time', kinds: ['date', 'date-time'] },
  { group: 'choices', kinds: ['choice', 'multiChoice', 'boolean'] },
  { group: 'links', kinds: ['reference', 'file', 'rows', 'autoNumber'] },
  { group: 'layout', kinds: ['section', 'tab'] },
];

/** Kinds that a column of repeating rows may have. */
export const columnKinds = ['text', 'number', 'money', 'percent', 'date', 'choice', 'boolean', 'formula'];

export const maxMoney = 1_000_000_000_000_000;

const optionNames: Names[] = [
  { en: 'First', 'zh-CN': '选项一' },
  { en: 'Second', 'zh-CN': '选项二' },
];
const options = () =>
  optionNames.map((names, at) => ({ const: `option${at + 1}`, title: names.en, 'x-df-label': names }));

/** A new field of a kind: exactly what its schema says, nothing that would have to be guessed later. */
export function blank(kind: string, label: Names): Property {
  const head: Property = { 'x-df-label': label };
  switch (kind) {
    case 'longText':
      return { ...head, type: 'string', maxLength: 5000, 'x-df-type': 'longText' };
    case 'email':
      return {
        ...head,
        type: 'string',
        format: 'email',
        maxLength: 254,
        'x-df-type': 'email',
        'x-df-personal': true,
      };
    case 'phone':
      return {
        ...head,
        type: 'string',
        pattern: '^[0-9+() -]{3,40}$',
        maxLength: 40,
        'x-df-type': 'phone',
        'x-df-personal': true,
      };
    case 'address':
      return {
        ...head,
        type: 'object',
        'x-df-type': 'address',
        additionalProperties: false,
        properties: {
          province: { type: 'string', maxLength: 60 },
          city: { type: 'string', maxLength: 60 },
          district: { type: 'string', maxLength: 60 },
          street: { type: 'string', maxLength: 200 },
          postcode: { type: 'string', maxLength: 20 },
        },
      };
    case 'number':
      return { ...head, type: 'number' };
    case 'money':
      return {
        ...head,
        type: 'integer',
        minimum: 0,
        maximum: maxMoney,
        'x-df-type': 'money',
        'x-df-access': 'amounts',
      };
    case 'percent':
      return { ...head, type: 'number', minimum: 0, maximum: 100, 'x-df-type': 'percent' };
    case 'formula':
      return { ...head, type: 'number', 'x-df-formula': '0' };
    case 'date':
    case 'date-time':
      return { ...head, type: 'string', format: kind };
    case 'choice':
      return { ...head, type: 'string', oneOf: options() };
    case 'multiChoice':
      return { ...head, type: 'array', uniqueItems: true, maxItems: 50, items: { oneOf: options() } };
    case 'boolean':
      return { ...head, type: 'boolean' };
    case 'reference':
      return { ...head, type: 'string', maxLength: 200, 'x-df-ref': 'customer', 'x-df-type': 'reference' };
    case 'file':
      return {
        ...head,
        type: 'array',
        maxItems: 10,
        'x-df-type': 'file',
        items: {
          type: 'object',
          required: ['id', 'name'],
          additionalProperties: false,
          properties: {
            id: { type: 'string', maxLength: 60 },
            name: { type: 'string', maxLength: 200 },
            size: { type: 'integer' },
            type: { type: 'string', maxLength: 100 },
          },
        },
      };
    case 'rows':
      return {
        ...head,
        type: 'array',
        maxItems: 200,
        'x-df-type': 'rows',
        items: {
          type: 'object',
          additionalProperties: false,
          properties: {
            item: { type: 'string', maxLength: 200, 'x-df-label': { en: 'Item', 'zh-CN': '项目' } },
            quantity: { type: 'number', minimum: 0, 'x-df-label': { en: 'Quantity', 'zh-CN': '数量' } },
          },
        },
      };
    case 'autoNumber':
      return {
        ...head,
        type: 'string',
        maxLength: 40,
        'x-df-type': 'autoNumber',
        'x-df-auto': { prefix: 'NO-', digits: 5 },
        'x-df-unique': true,
        'x-df-searchable': true,
        'x-df-sortable': true,
      };
  }
  return { ...head, type: 'string', maxLength: 200 };
}

export type Preset = { key: string; pattern: string; check?: string; maxLength: number };

/** Patterns by name; those with a check digit are really checked, by browser and server. */
export const presets: Preset[] = [
  { key: 'cnMobile', pattern: '^1[3-9][0-9]{9}$', maxLength: 11 },
  { key: 'cnPhone', pattern: '^(0[0-9]{2,3}-?)?[0-9]{7,8}(-[0-9]{1,6})?$', maxLength: 24 },
  { key: 'uscc', pattern: '^[0-9A-HJ-NP-RTUW-Y]{18}$', check: 'uscc', maxLength: 18 },
  { key: 'cnId', pattern: '^[0-9]{17}[0-9X]$', check: 'cnId', maxLength: 18 },
  { key: 'bankCard', pattern: '^[0-9]{12,19}$', check: 'luhn', maxLength: 19 },
  { key: 'chinese', pattern: '^[一-龥·]+$', maxLength: 100 },
  { key: 'letters', pattern: '^[A-Za-z]+$', maxLength: 100 },
  { key: 'digits', pattern: '^[0-9]+$', maxLength: 60 },
  { key: 'code', pattern: '^[A-Za-z0-9_-]+$', maxLength: 60 },
  { key: 'cnPostcode', pattern: '^[0-9]{6}$', maxLength: 6 },
  { key: 'cnPlate', pattern: '^[一-龥][A-Z][A-Z0-9]{4,5}[A-Z0-9一-龥]$', maxLength: 8 },
  { key: 'webAddress', pattern: '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/.*)?$', maxLength: 500 },
];
