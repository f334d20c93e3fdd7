import type { Text } from '@/shared/api/types';
import { type Cfg, type FlowNode, isObject } from './document';

export type Group = 'trigger' | 'time' | 'logic' | 'act';
export type Widget =
  | 'span'
  | 'time'
  | 'filter'
  | 'text'
  | 'template'
  | 'channel'
  | 'channels'
  | 'assign'
  | 'events'
  | 'field'
  | 'fields'
  | 'values'
  | 'url'
  | 'user'
  | 'role'
  | 'cases'
  | 'shares'
  | 'results';
export type Schema = {
  type?: string | string[];
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  maxItems?: number;
  minItems?: number;
  pattern?: string;
  'x-df-title'?: Text;
  'x-df-help'?: Text;
  'x-df-widget'?: Widget;
  'x-df-of'?: string;
  /** The text may name fields, which are filled in when it is used. */
  'x-df-variables'?: boolean;
  'x-df-labels'?: Record<string, Text>;
  'x-df-choice'?: Choices;
};
/** Ways to fill in settings that exclude each other: the property that marks one, those beside it, and its start. */
export type Kind = { by: string; with: string[]; start: Cfg; title: Text };
export type Choices = { title: Text; kinds: Kind[] };
export type NodeType = {
  type: string;
  v: number;
  group: Group;
  sends?: boolean;
  waits?: boolean;
  loops?: boolean;
  name: Text;
  about?: Text;
  schema: Schema;
  defaults?: Cfg;
  ports?: string[];
  optional?: string[];
};
export type FlowTypes = { types: NodeType[]; events: { key: string; name: Text }[] };
export type Ports = { required: string[]; optional: string[] };

export const groups: Group[] = ['time', 'act', 'logic'];

export class Catalog {
  private readonly byKey: Map<string, NodeType>;
  constructor(readonly types: readonly NodeType[]) {
    this.byKey = new Map(types.map((type) => [`${type.type}@${type.v}`, type]));
  }
  of(node: { type: string; v: number } | undefined): NodeType | undefined {
    return node && this.byKey.get(`${node.type}@${node.v}`);
  }
  isTrigger(node: FlowNode | undefined): boolean {
    return node !== undefined && (this.of(node)?.group === 'trigger' || node.type.startsWith('trigger.'));
  }
  /** The newest version of each type, in the server's order. */
  newest(group: Group): NodeType[] {
    const best = new Map<string, NodeType>();
    for (const type of this.types)
      if (type.group === group && (best.get(type.type)?.v ?? 0) < type.v) best.set(type.type, type);
    return [...best.values()];
  }
}

const listOf = (value: unknown): Record<string, unknown>[] =>
  Array.isArray(value) ? value.filter(isObject) : [];
const keysOf = (value: unknown, key: string) =>
  listOf(value)
    .map((item) => item[key])
    .filter((port): port is string => typeof port === 'string' && port !== '');

/** The property of a schema that a widget edits, if there is one. */
export const propertyFor = (schema: Schema | undefined, widget: Widget): string | undefined =>
  Object.entries(schema?.properties ?? {}).find(([, part]) => part['x-df-widget'] === widget)?.[0];

/**
 * The ports of a step as its settings have them on screen; the server's word, when it comes, says the same. A
 * type this server does not know keeps the ports it is wired by.
 */
export function portsOf(node: FlowNode, type: NodeType | undefined, wired: readonly string[] = []): Ports {
  if (!type) return { required: [...wired], optional: [] };
  const cases = propertyFor(type.schema, 'cases');
  const shares = propertyFor(type.schema, 'shares');
  const results = propertyFor(type.schema, 'results');
  let required = [...(type.ports ?? ['out'])];
  let optional = [...(type.optional ?? [])];
  if (cases) required = [...keysOf(node.cfg?.[cases], 'port'), 'else'];
  else if (shares) required = keysOf(node.cfg?.[shares], 'port');
  if (results) {
    const keys = keysOf(node.cfg?.[results], 'key');
    const defaults = new Set(keysOf(type.defaults?.[results], 'key'));
    optional = [...keys, ...optional.filter((port) => !defaults.has(port) && !keys.includes(port))];
  }
  if (node.onError?.then === 'port') required.push('error');
  return {
    required: [...new Set(required)],
    optional: [...new Set(optional)].filter((p) => !required.includes(p)),
  };
}

/** What people wrote on a way out: the label of a case, share or result. */
export function portLabel(
  node: FlowNode,
  type: NodeType | undefined,
  port: string,
): Partial<Text> | undefined {
  for (const widget of ['cases', 'shares', 'results'] as const) {
    const property = propertyFor(type?.schema, widget);
    const key = widget === 'results' ? 'key' : 'port';
    const item = property && listOf(node.cfg?.[property]).find((entry) => entry[key] === port);
    if (item) return isObject(item.label) ? (item.label as Partial<Text>) : undefined;
  }
  return undefined;
}

/** A new step of a type, with the settings the server proposes. */
export const newNode = (type: NodeType): FlowNode => ({
  type: type.type,
  v: type.v,
  cfg: structuredClone(type.defaults ?? {}),
});
