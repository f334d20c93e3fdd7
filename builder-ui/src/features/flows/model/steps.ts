import type { Catalog } from './catalog';
import { type FlowNode, isObject, type Place } from './document';
import { apply, edgesOf, type Op, type Units } from './draft';
import { graphOf, newId } from './graph';

/** Steps on the clipboard: readable JSON, so that they can be mailed, kept in a file or pasted elsewhere. */
export type Clip = {
  format: 'dueflow.steps/1';
  nodes: Record<string, FlowNode>;
  edges: { from: string; port: string; to: string }[];
};

export function copySteps(units: Units, catalog: Catalog, ids: readonly string[]): Clip | undefined {
  const { nodes } = graphOf(units, catalog);
  const chosen = ids.filter((id) => nodes[id] && !catalog.isTrigger(nodes[id]));
  if (chosen.length === 0) return undefined;
  return {
    format: 'dueflow.steps/1',
    nodes: Object.fromEntries(chosen.map((id) => [id, nodes[id] as FlowNode])),
    edges: edgesOf(units).filter(({ from, to }) => chosen.includes(from) && chosen.includes(to)),
  };
}

const idPattern = /^[A-Za-z0-9_-]{1,60}$/;
const mostSteps = 200;

/** Reads what somebody pasted; anything but steps in our own format is nothing. */
export function readClip(text: string): Clip | undefined {
  if (text.length > 500_000) return undefined;
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isObject(raw) || raw.format !== 'dueflow.steps/1' || !isObject(raw.nodes)) return undefined;
  const nodes: Clip['nodes'] = {};
  for (const [id, node] of Object.entries(raw.nodes)) {
    if (!idPattern.test(id) || !isObject(node) || typeof node.type !== 'string' || !Number.isInteger(node.v))
      return undefined;
    const { type, v, cfg, label, note, disabled, onError } = node as FlowNode;
    nodes[id] = JSON.parse(JSON.stringify({ type, v, cfg, label, note, disabled, onError }));
  }
  const count = Object.keys(nodes).length;
  if (count === 0 || count > mostSteps) return undefined;
  const edges = (Array.isArray(raw.edges) ? raw.edges : [])
    .filter(isObject)
    .map(({ from, port, to }) => ({ from: String(from), port: String(port ?? 'out'), to: String(to) }))
    .filter(({ from, port, to }) => from in nodes && to in nodes && idPattern.test(port));
  return { format: 'dueflow.steps/1', nodes, edges };
}

/** Puts copies of the steps at a place; what stood there comes after them. */
export function paste(
  units: Units,
  catalog: Catalog,
  clip: Clip,
  place: Place,
): { units: Units; ids: string[] } {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const [old, node] of Object.entries(clip.nodes)) {
    if (catalog.isTrigger(node)) continue;
    const id = newId(node.type, (candidate) => `nodes/${candidate}` in units || taken.has(candidate));
    taken.add(id);
    names.set(old, id);
  }
  if (names.size === 0) return { units, ids: [] };
  const ops: Op[] = [...names].map(([old, id]) => ({ unit: `nodes/${id}`, value: clip.nodes[old] }));
  const entered = new Set<string>();
  for (const { from, port, to } of clip.edges) {
    const [start, end] = [names.get(from), names.get(to)];
    if (!start || !end) continue;
    entered.add(end);
    ops.push({ unit: `edges/${start}/${port}`, value: end });
  }
  const first = [...names.values()].find((id) => !entered.has(id)) ?? [...names.values()][0]!;
  const after = units[`edges/${place.from}/${place.port}`] as string | undefined;
  const joined = apply(units, [...ops, { unit: `edges/${place.from}/${place.port}`, value: first }]);
  if (!after) return { units: joined, ids: [...names.values()] };
  const graph = graphOf(joined, catalog);
  const ways: Op[] = [];
  for (const id of names.values())
    for (const port of graph.ports.get(id)?.required ?? [])
      if (!graph.next.get(id)?.has(port) && port !== 'again')
        ways.push({ unit: `edges/${id}/${port}`, value: after });
  return { units: apply(joined, ways), ids: [...names.values()] };
}
