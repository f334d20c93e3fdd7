import type { Text } from '../api/types';

/** A value as JSON knows it. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
export type Data = { [key: string]: Json | undefined };
export type Names = Partial<Text>;

export type Choice = { const: string | number | boolean; title?: string; 'x-df-label'?: Names };
export type RefCondition = { field: string; value?: Json; from?: string };
/** A field as its form's schema says it; whatever else stands there is kept as it is. */
export type Property = {
  type?: string | string[];
  format?: string;
  pattern?: string;
  enum?: Json[];
  oneOf?: Choice[];
  items?: Property;
  properties?: Record<string, Property>;
  required?: string[];
  additionalProperties?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  title?: string;
  'x-df-type'?: string;
  'x-df-label'?: Names;
  'x-df-help'?: Names;
  'x-df-ref'?: string;
  'x-df-choice'?: RefCondition[];
  'x-df-access'?: string;
  'x-df-personal'?: boolean;
  'x-df-searchable'?: boolean;
  'x-df-sortable'?: boolean;
  'x-df-unique'?: boolean;
  'x-df-system'?: boolean;
  'x-df-check'?: string;
  'x-df-pattern'?: string;
  'x-df-formula'?: string;
  'x-df-auto'?: { prefix?: string; digits?: number; start?: number };
  [more: string]: unknown;
};
/** An entry of the schema's allOf: what the designer writes is if and then, nothing else. */
export type Rule = {
  if?: Record<string, unknown>;
  then?: { properties?: Record<string, unknown>; required?: string[] };
  $comment?: string;
  [more: string]: unknown;
};
export type Schema = {
  type?: string;
  properties?: Record<string, Property>;
  required?: string[];
  additionalProperties?: boolean;
  allOf?: Rule[];
  [more: string]: unknown;
};
/** A section of the form; one with `tab` opens a new tab that lasts until the next such section. */
export type Group = { title?: Names; tab?: Names; fields: string[] };
export type Layout = { groups?: Group[]; widths?: Record<string, 'half' | 'full'>; [more: string]: unknown };
export type Step = {
  op: 'rename' | 'retype' | 'default' | 'split';
  from?: string;
  to?: string[];
  type?: string;
  value?: Json;
  by?: string;
};
export type FormDoc = {
  key: string;
  name: Names;
  title?: string;
  schema: Schema;
  layout?: Layout;
  steps?: Step[];
};
/** A wrong place: a JSON pointer, the rule that failed, and its limit. */
export type Wrong = { pointer: string; rule: string; limit?: unknown };
