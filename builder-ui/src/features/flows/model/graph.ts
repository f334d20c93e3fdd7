import { type Catalog, type NodeType, newNode, type Ports, portsOf } from './catalog';
import type { FlowNode, Place } from './document';
import { apply, edgesOf, nodesOf, type Op, type Units } from './draft';

export type Graph = {
  nodes: Record<string, FlowNode>;
  /** Targets by port, in the order of the step's ports. */
  next: Map<string, Map<string, string>>;
  before: Map<string, Place[]>;
  ports: Map<string, Ports>;
  trigger?: string;
};

export function graphOf(units: Units, catalog: Catalog): Graph {
  const nodes = nodesOf(units);
  const raw = new Map<string, Map<string, string>>();
  for (const { from, port, to } of edgesOf(units)) {
    if (!nodes[from] || !nodes[to]) continue;
    const ways = raw.get(from) ?? new Map();
    raw.set(from, ways.set(port, to));
  }
  const next: Graph['next'] = new Map();
  const ports: Graph['ports'] = new Map();
  const before: Graph['before'] = new Map();
  for (const [id, node] of Object.entries(nodes)) {
    const wired = raw.get(id) ?? new Map<string, string>();
    const own = portsOf(node, catalog.of(node), [...wired.keys()]);
    ports.set(id, own);
    const ways = new Map<string, string>();
    for (const port of new Set([...own.required, ...own.optional, ...wired.keys()])) {
      const to = wired.get(port);
      if (to) ways.set(port, to);
    }
    next.set(id, ways);
    for (const [port, to] of ways) before.set(to, [...(before.get(to) ?? []), { from: id, port }]);
  }
  const trigger = Object.keys(nodes).find((id) => catalog.isTrigger(nodes[id]));
  return { nodes, next, before, ports, trigger };
}

const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';

/** An id that two people adding steps at once will not both choose. */
export function newId(type: string, taken: (id: string) => boolean): string {
  const stem = (type.split('.').at(-1) ?? '').replaceAll(/[^A-Za-z0-9]/g, '').slice(0, 20) || 'step';
  for (;;) {
    const random = Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => alphabet[byte % 32]);
    const id = `${stem}-${random.join('')}`;
    if (!taken(id)) return id;
  }
}

const edge = ({ from, port }: Place, to: string | null): Op => ({ unit: `edges/${from}/${port}`, value: to });

/** The way that goes on from a step when nothing special happens. */
export function mainWay(graph: Graph, id: string): string | undefined {
  const ways = graph.next.get(id);
  for (const port of ['out', 'else', 'done', 'timeout']) if (ways?.has(port)) return port;
  return ways?.keys().next().value;
}

/** Wires a step's ways to what comes next: a loop's way back stays open, all others lead on. */
function wire(id: string, ports: Ports, type: NodeType | undefined, to: string | undefined): Op[] {
  if (!to) return [];
  return ports.required
    .filter((port) => !(type?.loops && port === 'again'))
    .map((port) => edge({ from: id, port }, to));
}

export type Inserted = { units: Units; id: string };

/** Puts a new step at a place; what stood there comes after it, on every way. */
export function insert(units: Units, catalog: Catalog, type: NodeType, place: Place): Inserted {
  const id = newId(type.type, (taken) => `nodes/${taken}` in units);
  const node = newNode(type);
  const to = units[`edges/${place.from}/${place.port}`] as string | undefined;
  const ports = portsOf(node, type);
  const ops = [{ unit: `nodes/${id}`, value: node }, edge(place, id), ...wire(id, ports, type, to)];
  void catalog;
  return { units: apply(units, ops), id };
}

/** Steps that can be reached from the trigger. */
export function reachable(graph: Graph, from = graph.trigger): Set<string> {
  const seen = new Set<string>();
  const queue = from ? [from] : [];
  for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    for (const to of graph.next.get(id)?.values() ?? []) queue.push(to);
  }
  return seen;
}

/** Takes steps away and joins what was before each with what comes after its main way. */
export function remove(
  units: Units,
  catalog: Catalog,
  ids: readonly string[],
): { units: Units; also: string[] } {
  const before = graphOf(units, catalog);
  const wasReached = reachable(before);
  let result = units;
  for (const id of ids) {
    const graph = graphOf(result, catalog);
    if (!graph.nodes[id]) continue;
    const way = mainWay(graph, id);
    const to = way && graph.next.get(id)?.get(way);
    const ops: Op[] = [{ unit: `nodes/${id}`, value: null }];
    if (`pos/${id}` in result) ops.push({ unit: `pos/${id}`, value: null });
    for (const port of graph.next.get(id)?.keys() ?? []) ops.push(edge({ from: id, port }, null));
    for (const place of graph.before.get(id) ?? [])
      if (place.from !== id) ops.push(edge(place, to && to !== id && to !== place.from ? to : null));
    result = apply(result, ops);
  }
  // Steps that only a removed branch led to go with it.
  const after = graphOf(result, catalog);
  const reached = reachable(after);
  const also = Object.keys(after.nodes).filter((id) => wasReached.has(id) && !reached.has(id));
  const ops: Op[] = [];
  for (const id of also) {
    ops.push({ unit: `nodes/${id}`, value: null });
    for (const port of after.next.get(id)?.keys() ?? []) ops.push(edge({ from: id, port }, null));
  }
  return { units: apply(result, ops), also };
}

/** Why a step cannot be moved, as the last part of a text key. */
export type MoveRefusal = 'trigger' | 'branches' | 'itself' | 'end';

export function moveRefusal(graph: Graph, id: string, place?: Place): MoveRefusal | undefined {
  if (id === graph.trigger) return 'trigger';
  if (new Set(graph.next.get(id)?.values()).size > 1) return 'branches';
  if (place?.from === id) return 'itself';
  const ends = graph.ports.get(id)?.required.length === 0;
  if (ends && place && graph.next.get(place.from)?.has(place.port)) return 'end';
  return undefined;
}

/** Moves one step to another place. The steps around its old place are joined. */
export function move(units: Units, catalog: Catalog, id: string, place: Place): Units {
  const graph = graphOf(units, catalog);
  if (moveRefusal(graph, id, place) || graph.next.get(place.from)?.get(place.port) === id) return units;
  const way = mainWay(graph, id);
  const after = way && graph.next.get(id)?.get(way);
  const lift: Op[] = [...(graph.next.get(id)?.keys() ?? [])].map((port) => edge({ from: id, port }, null));
  for (const from of graph.before.get(id) ?? []) lift.push(edge(from, after && after !== id ? after : null));
  const lifted = apply(units, lift);
  const to = lifted[`edges/${place.from}/${place.port}`] as string | undefined;
  const node = graph.nodes[id]!;
  const ports = graph.ports.get(id)!;
  return apply(lifted, [edge(place, id), ...wire(id, ports, catalog.of(node), to)]);
}

/** The place before the step above (up) or behind the step below (down), for moving a step by keyboard. */
export function neighbourPlace(graph: Graph, id: string, direction: 'up' | 'down'): Place | undefined {
  if (direction === 'down') {
    const way = mainWay(graph, id);
    const below = way && graph.next.get(id)?.get(way);
    if (!below) return undefined;
    const port = graph.ports.get(below)?.required[0];
    return port ? { from: below, port } : undefined;
  }
  const above = graph.before.get(id)?.[0]?.from;
  return above === undefined || above === graph.trigger ? undefined : graph.before.get(above)?.[0];
}

/** Ways out that lead nowhere yet and must lead somewhere. */
export function openEnds(graph: Graph): Place[] {
  const open: Place[] = [];
  for (const [id, { required }] of graph.ports)
    for (const port of required) if (!graph.next.get(id)?.has(port)) open.push({ from: id, port });
  return open;
}
