import type { Lang } from '@/shared/api/types';
import {
  type Edge,
  type FlowDocument,
  type FlowNode,
  isObject,
  type Note,
  portOf,
  type Stop,
  same,
} from './document';

/**
 * A draft is a flat map of units, the smallest parts two people can change without disturbing each other:
 * one step, one edge, one setting. Everything the editor does is a new map; everything it sends is a
 * difference of two maps.
 */
export type Units = Readonly<Record<string, unknown>>;
export type Op = { unit: string; value: unknown };
export type Person = { id: string; name: string };
export type Change = Op & { by?: Person; revision?: number };

const whole = ['name', 'about', 'subject', 'settings'] as const;

/** A note as it is drawn. Older documents place it by `pos` and write it in several languages. */
export function readNote(raw: unknown, lang: Lang): Note {
  const note = isObject(raw) ? raw : {};
  const pos = Array.isArray(note.pos) ? note.pos : [];
  const text = isObject(note.text) ? (note.text[lang] ?? Object.values(note.text)[0]) : note.text;
  return {
    x: Number(note.x ?? pos[0]) || 0,
    y: Number(note.y ?? pos[1]) || 0,
    text: typeof text === 'string' ? text : '',
    w: Number(note.w) || 200,
    h: Number(note.h) || 120,
  };
}

/** The units of a document. */
export function toUnits(doc: FlowDocument): Units {
  const units: Record<string, unknown> = {};
  for (const key of whole) if (doc[key] !== undefined) units[key] = doc[key];
  for (const [name, param] of Object.entries(doc.params ?? {})) units[`params/${name}`] = param;
  for (const stop of doc.stopWhen ?? []) units[`stops/${stop.id}`] = stop;
  if (doc.stopWhen?.length) units.stopOrder = doc.stopWhen.map(({ id }) => id);
  for (const [id, node] of Object.entries(doc.nodes)) units[`nodes/${id}`] = node;
  for (const edge of doc.edges ?? []) units[`edges/${edge.from}/${portOf(edge)}`] = edge.to;
  const { pos, notes } = doc.layout ?? {};
  for (const [id, at] of Object.entries(isObject(pos) ? pos : {})) units[`pos/${id}`] = at;
  for (const [at, note] of (Array.isArray(notes) ? notes : []).entries())
    if (isObject(note)) units[`notes/${note.id ?? `n${at + 1}`}`] = note;
  return units;
}

/** The entries of one kind, by the rest of their name. */
export function entries<T>(units: Units, kind: string): [string, T][] {
  const prefix = `${kind}/`;
  const found: [string, T][] = [];
  for (const unit in units)
    if (unit.startsWith(prefix)) found.push([unit.slice(prefix.length), units[unit] as T]);
  return found;
}

export function edgesOf(units: Units): Required<Edge>[] {
  return entries<string>(units, 'edges').map(([name, to]) => {
    const at = name.indexOf('/');
    return { from: name.slice(0, at), port: name.slice(at + 1), to };
  });
}

export const nodesOf = (units: Units): Record<string, FlowNode> =>
  Object.fromEntries(entries<FlowNode>(units, 'nodes'));

/** Goals and exits in the order people gave them. */
export function stopsOf(units: Units): Stop[] {
  const stops = new Map(entries<Stop>(units, 'stops'));
  const order = Array.isArray(units.stopOrder) ? (units.stopOrder as string[]) : [];
  const ids = new Set([...order.filter((id) => stops.has(id)), ...stops.keys()]);
  return [...ids].map((id) => stops.get(id)!);
}

/** The document the units stand for; `head` carries what is no unit (format, key and what we do not know). */
export function toDocument(units: Units, head: FlowDocument): FlowDocument {
  const doc: FlowDocument = { ...head, nodes: nodesOf(units) };
  for (const key of whole) {
    if (units[key] === undefined) delete doc[key];
    else (doc as Record<string, unknown>)[key] = units[key];
  }
  const params = entries<never>(units, 'params');
  if (params.length) doc.params = Object.fromEntries(params);
  else delete doc.params;
  const stops = stopsOf(units);
  if (stops.length) doc.stopWhen = stops;
  else delete doc.stopWhen;
  doc.edges = edgesOf(units).map(({ from, port, to }) =>
    port === 'out' ? { from, to } : { from, port, to },
  );
  const { pos: _pos, notes: _notes, ...rest } = head.layout ?? {};
  const pos = entries(units, 'pos');
  const notes = entries(units, 'notes').map(([, note]) => note);
  doc.layout = {
    ...rest,
    ...(pos.length && { pos: Object.fromEntries(pos) }),
    ...(notes.length && { notes }),
  };
  return doc;
}

/** What must be sent to turn `from` into `to`; a value of null takes the unit away. */
export function diff(from: Units, to: Units): Op[] {
  if (from === to) return [];
  const ops: Op[] = [];
  for (const unit in to) if (!same(from[unit], to[unit])) ops.push({ unit, value: to[unit] ?? null });
  for (const unit in from) if (!(unit in to) && from[unit] !== undefined) ops.push({ unit, value: null });
  return ops;
}

export function apply(units: Units, ops: readonly Op[]): Units {
  if (ops.length === 0) return units;
  const next: Record<string, unknown> = { ...units };
  for (const { unit, value } of ops) {
    if (value === null || value === undefined) delete next[unit];
    else next[unit] = value;
  }
  return next;
}
