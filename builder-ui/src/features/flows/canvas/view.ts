import { type Edge, MarkerType, type Node } from '@xyflow/react';
import type { ReactNode } from 'react';
import type { Presence } from '@/shared/api/types';
import type { Place } from '../model/document';
import type { Graph } from '../model/graph';
import { cardHeight, cardWidth, type Layout } from '../model/layout';
import { type Drawn, draw, openSize, openTop } from './geometry';

/** What the canvas reports; without events it is a picture. */
export type Events = {
  pick: (id: string, more: boolean) => void;
  enter: (id: string) => void;
  insert: (place: Place, from: HTMLElement) => void;
  drag: (element: HTMLElement, id: string) => () => void;
  drop: (element: HTMLElement, place: Place) => () => void;
};
/** How one step looks; computed where flows, runs and rehearsals know their texts. */
export type Look = {
  type: string;
  title: string;
  sentence: string;
  spoken: string;
  tint: string;
  shape: 'card' | 'pill' | 'end';
  known: boolean;
  disabled?: boolean;
  /** `todo`: a new step that nobody has set up yet. */
  issue?: 'error' | 'warning' | 'todo';
  badge?: ReactNode;
  mark?: 'here' | 'parked' | 'done';
  dim?: boolean;
  people?: Presence[];
};
export type StepData = Look & {
  people: Presence[];
  selected: boolean;
  tabbable: boolean;
  focusAt?: number;
  events?: Events;
};
export type StepNode = Node<StepData, 'step'>;
export type OpenNode = Node<{ place: Place; after: string; events?: Events }, 'open'>;
export type WayEdgeType = Edge<
  {
    drawn: Drawn;
    place: Place;
    after: string;
    label?: string;
    back?: boolean;
    open?: boolean;
    taken?: boolean;
    dim?: boolean;
    events?: Events;
  },
  'way'
>;

type Options = {
  graph: Graph;
  layout: Layout;
  look: (id: string) => Look;
  label: (place: Place) => string | undefined;
  selected: readonly string[];
  tabbable?: string;
  focus?: { id: string; at: number };
  taken?: ReadonlySet<string>;
  events?: Events;
};

const arrow = {
  type: MarkerType.ArrowClosed,
  width: 18,
  height: 18,
  markerUnits: 'userSpaceOnUse',
  color: 'var(--flow-line)',
};
const takenArrow = { ...arrow, color: 'var(--blue)' };
const nobody: Presence[] = [];
const step = { width: cardWidth, height: cardHeight };
const handles = (width: number, height: number): NonNullable<Node['handles']> => [
  { type: 'target', position: 'top' as never, x: width / 2, y: 0, width: 1, height: 1 },
  { type: 'source', position: 'bottom' as never, x: width / 2, y: height, width: 1, height: 1 },
];
const stepHandles = handles(cardWidth, cardHeight);
const openWidth = 132;
const open = { width: openWidth, height: openSize };
const openHandles = handles(openWidth, openSize);

const equal = (a: Record<string, unknown>, b: Record<string, unknown>) => {
  for (const key in a) if (a[key] !== b[key]) return false;
  for (const key in b) if (!(key in a)) return false;
  return true;
};

/** Builds the canvas's nodes and edges; one that did not change stays the same object and is not drawn again. */
export class View {
  private nodes = new Map<string, StepNode | OpenNode>();
  private edges = new Map<string, WayEdgeType>();

  build(options: Options): { nodes: (StepNode | OpenNode)[]; edges: WayEdgeType[] } {
    const { graph, layout, look, label, selected, tabbable, focus, taken, events } = options;
    const nodes = new Map<string, StepNode | OpenNode>();
    const edges = new Map<string, WayEdgeType>();
    const looks = new Map<string, Look>();
    for (const row of layout.rows)
      for (const id of row) {
        const box = layout.boxes.get(id);
        if (!box || !graph.nodes[id]) continue;
        const shown = look(id);
        looks.set(id, shown);
        const data: StepData = {
          ...shown,
          people: shown.people ?? nobody,
          selected: selected.includes(id),
          tabbable: tabbable === id,
          focusAt: focus?.id === id ? focus.at : undefined,
          events,
        };
        nodes.set(
          id,
          this.keep(id, {
            id,
            type: 'step',
            position: box,
            data,
            measured: step,
            handles: stepHandles,
            ...step,
          }),
        );
      }
    for (const route of layout.routes) {
      if (!graph.nodes[route.from] || !layout.boxes.has(route.from)) continue;
      const id = `${route.from}/${route.port}`;
      const ports = graph.ports.get(route.from);
      const many =
        new Set([...(ports?.required ?? []), ...(graph.next.get(route.from)?.keys() ?? [])]).size > 1;
      const drawn = draw(route, layout, many);
      const after = looks.get(route.from)?.title ?? route.from;
      const target = route.to ?? `\u0001${id}`;
      const place = { from: route.from, port: route.port };
      if (!route.to) {
        const y = (layout.boxes.get(route.from)?.y ?? 0) + cardHeight;
        const position = { x: route.lane - openWidth / 2, y: openTop(y, many) };
        const previous = this.nodes.get(target) as OpenNode | undefined;
        const data = { place: previous?.data.place ?? place, after, events };
        nodes.set(
          target,
          this.keep(target, {
            id: target,
            type: 'open',
            position,
            data,
            measured: open,
            handles: openHandles,
            ...open,
          }),
        );
      }
      const old = this.edges.get(id);
      const data = {
        drawn:
          old?.data && equal(old.data.drawn.plus, drawn.plus) && old.data.drawn.path === drawn.path
            ? old.data.drawn
            : drawn,
        place: old?.data?.place ?? place,
        after,
        label: many || route.port !== 'out' ? label(place) : undefined,
        back: route.back,
        open: !route.to,
        taken: taken?.has(id),
        dim: taken !== undefined && !taken.has(id),
        events,
      };
      const same = old?.data && old.target === target && equal(old.data, data);
      edges.set(
        id,
        same
          ? old
          : {
              id,
              type: 'way',
              source: route.from,
              target,
              data,
              focusable: false,
              selectable: false,
              markerEnd: data.taken ? takenArrow : arrow,
            },
      );
    }
    this.nodes = nodes;
    this.edges = edges;
    return { nodes: [...nodes.values()], edges: [...edges.values()] };
  }

  private keep<T extends StepNode | OpenNode>(id: string, next: T): T {
    const old = this.nodes.get(id) as T | undefined;
    const unmoved = old && old.position.x === next.position.x && old.position.y === next.position.y;
    return unmoved && equal(old.data, next.data) ? old : next;
  }
}
