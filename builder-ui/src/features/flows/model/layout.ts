import type { Place } from './document';
import type { Graph } from './graph';

export const cardWidth = 264;
export const cardHeight = 68;
const laneWidth = 304;
/** A way that leads straight on needs room for its label only. */
const shortLane = 188;
const plainGap = 60;
const branchGap = 104;

export type Box = { x: number; y: number };
export type Route = Place & {
  to?: string /** Middle of the lane it runs down. */;
  lane: number;
  back?: boolean;
};
export type Layout = {
  boxes: Map<string, Box>;
  routes: Route[];
  rows: string[][];
  width: number;
  height: number;
};

const root = '\u0000';

type Block = {
  width: number;
  port?: string;
  id?: string;
  join?: string;
  parts: Block[];
  /** What lies in this strip: steps, and ways as "/port". */
  holds: Set<string>;
};
const sum = (parts: readonly Block[]) => parts.reduce((all, { width }) => all + width, 0);

/** Depth-first order without the edges that lead back to a step on the way down. */
function forward(graph: Graph, roots: string[]) {
  const order: string[] = [];
  const state = new Map<string, 1 | 2>();
  const back = new Set<string>();
  const stack: { id: string; ways: Iterator<[string, string]> }[] = [];
  const enter = (id: string) => {
    state.set(id, 1);
    stack.push({ id, ways: [...(graph.next.get(id) ?? [])][Symbol.iterator]() });
  };
  for (const start of roots) {
    if (state.has(start)) continue;
    enter(start);
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const way = top.ways.next();
      if (way.done) {
        state.set(top.id, 2);
        order.push(top.id);
        stack.pop();
      } else if (state.get(way.value[1]) === 1) back.add(`${top.id}/${way.value[0]}`);
      else if (!state.has(way.value[1])) enter(way.value[1]);
    }
  }
  return { order: order.reverse(), back };
}

/**
 * Lanes: the longest path gives a step its row; the dominator tree gives it its column, so that each branch
 * owns a strip of the page and a join stands centred below the branches it ends.
 */
export function layout(graph: Graph): Layout {
  const ids = Object.keys(graph.nodes);
  const starts = graph.trigger ? [graph.trigger] : [];
  const loose = ids.filter((id) => id !== graph.trigger && !graph.before.get(id)?.length).sort();
  const { order, back } = forward(graph, [...starts, ...loose, ...[...ids].sort()]);
  const rank = new Map(order.map((id, at) => [id, at]));
  const row = new Map<string, number>();
  const dominator = new Map<string, string>();
  const climb = (a: string, b: string) => {
    let [one, two] = [a, b];
    while (one !== two) {
      const later = (rank.get(one) ?? -1) > (rank.get(two) ?? -1);
      if (later) one = dominator.get(one) ?? root;
      else two = dominator.get(two) ?? root;
    }
    return one;
  };
  for (const id of order) {
    const from = (graph.before.get(id) ?? []).filter((place) => !back.has(`${place.from}/${place.port}`));
    row.set(
      id,
      from.reduce((most, place) => Math.max(most, (row.get(place.from) ?? 0) + 1), 0),
    );
    const parents = from.map((place) => place.from);
    dominator.set(id, parents.length ? parents.reduce(climb) : root);
  }
  const joins = new Map<string, string[]>();
  const isJoin = new Set<string>();
  for (const id of order) {
    const parent = dominator.get(id)!;
    const places = (graph.before.get(id) ?? []).filter((place) => !back.has(`${place.from}/${place.port}`));
    if (parent === root || (places.length === 1 && places[0]?.from === parent)) continue;
    isJoin.add(id);
    joins.set(parent, [...(joins.get(parent) ?? []), id]);
  }

  const widths = new Map<string, number>();
  const blocks = new Map<string, Block[]>();
  // From the bottom up, so that a flow of any length needs no deep recursion.
  for (const id of [...order].reverse()) {
    const own = blocksOf(id);
    blocks.set(id, own);
    widths.set(id, Math.max(laneWidth, sum(own)));
  }

  /** The strips below a step: one a way, and those that meet again joined over the step where they meet. */
  function blocksOf(id: string): Block[] {
    const ways = graph.next.get(id) ?? new Map<string, string>();
    const ports = [...new Set([...(graph.ports.get(id)?.required ?? []), ...ways.keys()])];
    let row: Block[] = ports.map((port) => {
      const to = ways.get(port);
      const own = to && !isJoin.has(to) && !back.has(`${id}/${port}`) && dominator.get(to) === id;
      const size = own ? (widths.get(to) ?? laneWidth) : ports.length === 1 ? laneWidth : shortLane;
      return {
        width: size,
        port,
        id: own ? to : undefined,
        parts: [],
        holds: new Set([`/${port}`, ...(own ? [to] : [])]),
      };
    });
    for (const join of joins.get(id) ?? []) {
      const feeding = new Set(
        (graph.before.get(join) ?? [])
          .filter((place) => !back.has(`${place.from}/${place.port}`))
          .map((place) => (place.from === id ? `/${place.port}` : childOf(id, place.from))),
      );
      const parts = row.filter(({ holds }) => [...feeding].some((name) => holds.has(name)));
      const at = row.findIndex((block) => parts.includes(block));
      const size = Math.max(sum(parts), widths.get(join) ?? laneWidth);
      const holds = new Set([join, ...parts.flatMap((block) => [...block.holds])]);
      const met: Block = { width: size, join, parts, holds };
      row = row.filter((block) => !parts.includes(block));
      row.splice(at < 0 ? row.length : at, 0, met);
    }
    return row;
  }
  /** The step directly below `id` through which everything on the way to `from` goes. */
  function childOf(id: string, from: string): string {
    let at = from;
    for (let up = dominator.get(at); up !== undefined && up !== id && up !== root; up = dominator.get(at))
      at = up;
    return at;
  }

  const middle = new Map<string, number>();
  const lanes = new Map<string, number>();
  const queue: { id: string; block?: Block; left: number; size: number }[] = [];
  let edgeOfPage = 0;
  for (const id of order) {
    if (dominator.get(id) !== root) continue;
    const size = widths.get(id) ?? laneWidth;
    queue.push({ id, left: edgeOfPage, size });
    edgeOfPage += size;
  }
  const spread = (id: string, parts: Block[], left: number, size: number) => {
    let at = left + (size - sum(parts)) / 2;
    for (const block of parts) {
      queue.push({ id, block, left: at, size: block.width });
      at += block.width;
    }
  };
  for (let item = queue.pop(); item; item = queue.pop()) {
    const { id, block, left, size } = item;
    if (!block) {
      middle.set(id, left + size / 2);
      spread(id, blocks.get(id) ?? [], left, size);
    } else if (block.join) {
      const wide = widths.get(block.join) ?? laneWidth;
      queue.push({ id: block.join, left: left + (size - wide) / 2, size: wide });
      spread(id, block.parts, left, size);
    } else {
      lanes.set(`${id}/${block.port}`, left + size / 2);
      if (block.id) queue.push({ id: block.id, left, size });
    }
  }
  return arrange(graph, { order, row, middle, lanes, back });
}

type Placed = {
  order: string[];
  row: Map<string, number>;
  middle: Map<string, number>;
  lanes: Map<string, number>;
  back: Set<string>;
};

/** Turns rows and lanes into boxes; whatever would still overlap in a row is pushed apart. */
function arrange(graph: Graph, { order, row, middle, lanes, back }: Placed): Layout {
  const rows: string[][] = [];
  for (const id of order) {
    const at = row.get(id) ?? 0;
    rows[at] = [...(rows[at] ?? []), id];
  }
  const boxes = new Map<string, Box>();
  let y = 0;
  let right = 0;
  for (const ids of rows) {
    ids.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    let free = Number.NEGATIVE_INFINITY;
    let gap = plainGap;
    for (const id of ids) {
      const x = Math.max((middle.get(id) ?? 0) - cardWidth / 2, free);
      free = x + laneWidth;
      right = Math.max(right, x + cardWidth);
      boxes.set(id, { x, y });
      const ports = new Set([
        ...(graph.ports.get(id)?.required ?? []),
        ...(graph.next.get(id)?.keys() ?? []),
      ]);
      if (ports.size > 1) gap = branchGap;
    }
    y += cardHeight + gap;
  }
  const routes: Route[] = [];
  for (const id of order) {
    const ports = new Set([...(graph.ports.get(id)?.required ?? []), ...(graph.next.get(id)?.keys() ?? [])]);
    const shift = (boxes.get(id)?.x ?? 0) + cardWidth / 2 - (middle.get(id) ?? 0);
    for (const port of ports)
      routes.push({
        from: id,
        port,
        to: graph.next.get(id)?.get(port),
        lane: (lanes.get(`${id}/${port}`) ?? 0) + shift,
        back: back.has(`${id}/${port}`) || undefined,
      });
  }
  return { boxes, routes, rows, width: right, height: y };
}
