import type { Graph } from './graph';
import { mainWay } from './graph';
import type { Layout } from './layout';

export type Direction = 'up' | 'down' | 'left' | 'right';

/** The step an arrow key leads to: along the edges up and down, along the row left and right. */
export function walk(graph: Graph, layout: Layout, id: string, direction: Direction): string | undefined {
  if (direction === 'down') {
    const way = mainWay(graph, id);
    const first = graph.next.get(id)?.values().next().value;
    return (way && nextUnless(graph, id, way, 'again')) ?? first;
  }
  if (direction === 'up') {
    const from = graph.before.get(id) ?? [];
    const y = layout.boxes.get(id)?.y ?? 0;
    const above = from.find((place) => (layout.boxes.get(place.from)?.y ?? 0) < y);
    return (above ?? from[0])?.from;
  }
  const row = layout.rows.find((ids) => ids.includes(id)) ?? [];
  const at = row.indexOf(id);
  const near = row[at + (direction === 'right' ? 1 : -1)];
  if (near) return near;
  // Nobody in this row: the nearest step on that side, so that a short branch can always be reached.
  const here = layout.boxes.get(id);
  if (!here) return undefined;
  let best: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const [other, box] of layout.boxes) {
    const across = direction === 'right' ? box.x - here.x : here.x - box.x;
    if (across <= 0) continue;
    const far = across + 2 * Math.abs(box.y - here.y);
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

function nextUnless(graph: Graph, id: string, way: string, not: string) {
  return way === not ? undefined : graph.next.get(id)?.get(way);
}

/** The steps in the order people read them: down the rows, from left to right. */
export const inReadingOrder = (layout: Layout): string[] => layout.rows.flat();
