import type { Schema } from './catalog';
import { isObject, type Param } from './document';
import type { Units } from './draft';

type Params = Record<string, Param>;

/** A setting's kinds of parameters: none where the setting is more than one value. */
export function paramTypesFor(schema: Schema): string[] {
  switch (schema['x-df-widget']) {
    case 'template':
    case 'span':
    case 'channel':
    case 'user':
      return [schema['x-df-widget']];
    case 'assign':
      return ['user', 'role'];
    case 'time':
    case 'url':
      return ['text'];
    case undefined:
      break;
    default:
      return [];
  }
  if (schema.enum) return [];
  if (schema.type === 'boolean') return ['boolean'];
  if (schema.type === 'integer' || schema.type === 'number') return ['number'];
  return schema.type === 'string' ? ['text'] : [];
}

const isAssign = (schema: Schema) => schema['x-df-widget'] === 'assign';

const direct = (value: unknown): string | undefined =>
  isObject(value) && typeof value.$param === 'string' ? value.$param : undefined;

/** The parameter that a setting takes its value from. Work is given to {user} or {role}, whose key is the parameter. */
export function boundTo(schema: Schema, value: unknown): string | undefined {
  const named = direct(value);
  if (named !== undefined || !isAssign(schema) || !isObject(value)) return named;
  return direct(Object.values(value)[0]);
}

/** A setting that takes its value from a parameter. */
export function bind(schema: Schema, name: string, { type }: Param): unknown {
  const reference = { $param: name };
  return isAssign(schema) ? { [type]: reference } : reference;
}

/** What a parameter holds when it stands for the value of a setting; undefined where it cannot. */
export function toParam(schema: Schema, value: unknown): Param | undefined {
  const [first] = paramTypesFor(schema);
  if (!first || value === undefined || value === '') return undefined;
  if (!isAssign(schema)) return { type: first, default: value };
  const [how, key] = (isObject(value) ? Object.entries(value)[0] : undefined) ?? [];
  return how === 'user' || how === 'role' ? { type: how, default: key } : undefined;
}

/** The value a setting has once it no longer follows its parameter. */
export function freed(schema: Schema, param: Param | undefined): unknown {
  const value = param?.default;
  if (value === undefined || direct(value) !== undefined) return undefined;
  return isAssign(schema) ? { [param?.type ?? 'user']: value } : value;
}

/** The parameters that a setting could take its value from, by name. */
export function fitting(schema: Schema, params: Params): [string, Param][] {
  const types = paramTypesFor(schema);
  return Object.entries(params).filter(([, { type }]) => types.includes(type));
}

/** A key nobody has to think of: param1, param2, … */
export function freeParam(params: Params): string {
  for (let at = 1; ; at++) if (!(`param${at}` in params)) return `param${at}`;
}

/** A value with the parameter filled in; undefined where nothing is left. */
function filled(value: unknown, name: string, by: unknown): unknown {
  if (direct(value) === name) return by;
  if (Array.isArray(value))
    return value.map((one) => filled(one, name, by)).filter((one) => one !== undefined);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, inner]) => [key, filled(inner, name, by)] as const);
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

/** The flow without a parameter: the settings that followed it keep its value. */
export function withoutParam(units: Units, name: string): Units {
  const { [`params/${name}`]: gone, ...rest } = units;
  const by = (gone as Param | undefined)?.default;
  const follows = (unit: string, value: unknown) =>
    unit.startsWith('nodes/') && JSON.stringify(value).includes('"$param"');
  return Object.fromEntries(
    Object.entries(rest).map(([unit, value]) => [
      unit,
      follows(unit, value) ? filled(value, name, by) : value,
    ]),
  );
}

/** How a parameter's value is edited and said. */
export function paramSchema(type: string): Schema {
  if (type === 'template' || type === 'span' || type === 'user' || type === 'role' || type === 'channel')
    return { 'x-df-widget': type };
  return { type: type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'string' };
}
