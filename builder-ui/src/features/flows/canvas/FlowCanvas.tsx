import '@xyflow/react/dist/base.css';
import {
  Background,
  BackgroundVariant,
  Controls,
  type Edge,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from '@xyflow/react';
import { type KeyboardEvent, type ReactNode, Suspense, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { lazy } from '@/shared/lib/lazy';
import type { Place } from '../model/document';
import type { Graph } from '../model/graph';
import { cardHeight, cardWidth, type Layout } from '../model/layout';
import { EdgePan } from './EdgePan';
import { OpenEnd } from './OpenEnd';
import { StepCard } from './StepCard';
import { type Events, type Look, View } from './view';
import { WayEdge } from './WayEdge';

const Overview = lazy(() => import('./Overview'));
const nodeTypes = { step: StepCard, open: OpenEnd };
const edgeTypes = { way: WayEdge };
const few = 40;
const many = 80;

type Props = {
  label: string;
  graph: Graph;
  layout: Layout;
  look: (id: string) => Look;
  wayLabel: (place: Place) => string | undefined;
  selected?: readonly string[];
  focus?: { id: string; at: number };
  taken?: ReadonlySet<string>;
  events?: Events;
  /** A picture reports clicks and nothing else. */
  onPickStill?: (id: string) => void;
  /** Nodes that are no steps: notes. */
  extra?: Node[];
  onNodesChange?: (changes: never[]) => void;
  extraTypes?: Record<string, never>;
  onKeyDown?: (event: KeyboardEvent) => void;
  onPaneClick?: () => void;
  children?: ReactNode;
};

/** A flow as a picture to walk through; editing is added by whoever passes events. */
export function FlowCanvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Canvas {...props} />
    </ReactFlowProvider>
  );
}

function Canvas(props: Props) {
  const { t } = useTranslation();
  const { graph, layout, look, wayLabel, events, focus, taken, extra } = props;
  const selected = props.selected ?? none;
  const view = useRef(new View());
  const box = useRef<HTMLDivElement>(null);
  const flow = useReactFlow();
  const tabbable =
    selected[0] && graph.nodes[selected[0]] ? selected[0] : (graph.trigger ?? layout.rows[0]?.[0]);
  const { nodes, edges } = useMemo(
    () =>
      view.current.build({ graph, layout, look, label: wayLabel, selected, tabbable, focus, taken, events }),
    [graph, layout, look, wayLabel, selected, tabbable, focus, taken, events],
  );
  const count = Object.keys(graph.nodes).length;
  const all = useMemo(() => (extra?.length ? [...nodes, ...extra] : nodes) as Node[], [nodes, extra]);
  const types = useMemo(() => ({ ...nodeTypes, ...props.extraTypes }), [props.extraTypes]);

  // A step that asked for the focus must be in sight first: far away it is not even drawn.
  useEffect(() => {
    const at = focus && layout.boxes.get(focus.id);
    const element = box.current;
    if (!at || !element) return;
    const { x, y, zoom } = flow.getViewport();
    const left = at.x * zoom + x;
    const top = at.y * zoom + y;
    const inside =
      left > 12 &&
      top > 12 &&
      left + cardWidth * zoom < element.clientWidth - 12 &&
      top + cardHeight * zoom < element.clientHeight - 90;
    if (!inside)
      void flow.setCenter(at.x + cardWidth / 2, at.y + cardHeight / 2 + 60, {
        zoom: Math.max(zoom, 0.8),
        duration: 0,
      });
  }, [focus, layout, flow]);

  /** Opens legibly, with the start on top; the whole only when it fits at that size. */
  const home = () => {
    const start = layout.boxes.get(graph.trigger ?? '') ?? layout.boxes.values().next().value;
    const element = box.current;
    if (!start || !element) return;
    const wide = element.clientWidth;
    // A way's label is centred on its lane; a note beside the steps is worth seeing if there is room for it.
    const steps = spread(
      [...layout.boxes.values()].map(({ x }) => [x, x + cardWidth]),
      layout.routes.map(({ lane }) => [lane - 60, lane + 60]),
    );
    const everything = spread(
      [steps],
      (extra ?? []).map(({ position, width = 0 }) => [position.x, position.x + width]),
    );
    const [left, right] = everything[1] - everything[0] <= (wide - 48) / 0.8 ? everything : steps;
    const across = right - left;
    const zoom = Math.min(1, Math.max(0.8, (wide - 48) / across));
    const middle = across * zoom <= wide - 24 ? left + across / 2 : start.x + cardWidth / 2;
    void flow.setViewport({ x: wide / 2 - middle * zoom, y: 32 - start.y * zoom, zoom });
  };

  return (
    <section
      className="canvas"
      ref={box}
      aria-label={props.label}
      onKeyDown={props.onKeyDown}
      onClick={(event) => {
        const id = (event.target as HTMLElement).closest<HTMLElement>('[data-step]')?.dataset.step;
        if (id) props.onPickStill?.(id);
      }}
    >
      <ReactFlow
        nodes={all}
        edges={edges as Edge[]}
        nodeTypes={types}
        edgeTypes={edgeTypes}
        onInit={home}
        onNodesChange={props.onNodesChange as never}
        onPaneClick={props.onPaneClick}
        nodesDraggable={false}
        nodesConnectable={false}
        nodesFocusable={false}
        edgesFocusable={false}
        elementsSelectable={false}
        onlyRenderVisibleElements={count > many}
        zoomOnDoubleClick={false}
        panOnScroll
        minZoom={0.2}
        maxZoom={1.5}
        deleteKeyCode={null}
        selectionKeyCode={null}
        multiSelectionKeyCode={null}
        disableKeyboardA11y
        proOptions={{ hideAttribution: false }}
        ariaLabelConfig={{
          'controls.ariaLabel': t('designer.controls'),
          'controls.zoomIn.ariaLabel': t('designer.zoomIn'),
          'controls.zoomOut.ariaLabel': t('designer.zoomOut'),
          'controls.fitView.ariaLabel': t('designer.fit'),
          'minimap.ariaLabel': t('designer.minimap'),
        }}
      >
        <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} color="var(--flow-dot)" />
        <Controls
          showInteractive={false}
          position="bottom-left"
          fitViewOptions={{ maxZoom: 1, padding: 0.12 }}
        />
        {count > few && (
          <Suspense fallback={null}>
            <Overview />
          </Suspense>
        )}
        {events && <EdgePan box={box} />}
        {props.children}
      </ReactFlow>
    </section>
  );
}

type Range = readonly [from: number, to: number];

const spread = (...ranges: (readonly Range[])[]): Range => {
  const all = ranges.flat();
  return [Math.min(...all.map(([from]) => from)), Math.max(...all.map(([, to]) => to))];
};

const none: readonly string[] = [];
