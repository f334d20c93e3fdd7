import { createContext, useContext } from 'react';
import { createStore, type StoreApi, useStore } from 'zustand';
import type { Draft, Inspection } from '../api/designer';
import type { Catalog } from '../model/catalog';
import type { FlowDocument, Place } from '../model/document';
import { toUnits, type Units } from '../model/draft';
import { type Graph, graphOf } from '../model/graph';
import { emptyHistory, type History, record, redo, undo } from '../model/history';
import { type Layout, layout } from '../model/layout';
import { edit, opened, type Sync } from '../model/sync';

/** `lost`: this browser cannot keep what the server does not have; it is on this page only. */
export type SaveState = { kind: 'saved' | 'saving' | 'offline' | 'refused'; text?: string; lost?: boolean };
export type Panel = 'step' | 'flow' | 'issues';
export type Menu = { place: Place; at: { x: number; y: number; width: number } };

type State = {
  key: string;
  mine: boolean;
  readOnly: boolean;
  head: FlowDocument;
  draft: Draft;
  catalog: Catalog;
  sync: Sync;
  graph: Graph;
  layout: Layout;
  history: History;
  selected: readonly string[];
  /** A step that was just added and is still being looked at: what it lacks is to be set up, not yet wrong. */
  fresh?: string;
  panel: Panel;
  menu?: Menu;
  save: SaveState;
  inspection?: Inspection;
  /** A step asked for the focus: after it was added, moved or jumped to. */
  wantFocus?: { id: string; at: number };
};
type Actions = {
  change: (next: Units | ((units: Units) => Units), tag?: string) => void;
  hear: (sync: Sync) => void;
  set: (unit: string, value: unknown, tag?: string) => void;
  /** Puts a new step in place and opens it. */
  add: (added: { units: Units; id: string }) => void;
  /** Somebody asks whether the flow is ready: from now on what is missing counts. */
  judge: () => void;
  undo: () => void;
  redo: () => void;
  select: (ids: readonly string[], focus?: boolean) => void;
  show: (panel: Panel) => void;
  open: (menu?: Menu) => void;
};
export type Designer = State & Actions;
export type DesignerStore = StoreApi<Designer>;

/** What the lanes depend on: a keystroke in a label moves no box. */
function shape(graph: Graph): string {
  const parts: string[] = [];
  for (const [id, ports] of graph.ports)
    parts.push(id, ports.required.join(','), [...(graph.next.get(id) ?? [])].join(','));
  return parts.join('|');
}

type Options = { draft: Draft; catalog: Catalog; readOnly: boolean };

export function createDesigner({ draft, catalog, readOnly }: Options): DesignerStore {
  const units = toUnits(draft.document);
  const graph = graphOf(units, catalog);
  let lastShape = shape(graph);
  return createStore<Designer>((set, get) => {
    /** Everything that follows from the units; boxes stay the same objects while the structure does. */
    const derive = (local: Units) => {
      const next = graphOf(local, get().catalog);
      const form = shape(next);
      const moved = form !== lastShape;
      lastShape = form;
      const selected = get().selected.filter((id) => next.nodes[id] || local[`notes/${id}`]);
      return {
        graph: next,
        layout: moved ? layout(next) : get().layout,
        selected: selected.length === get().selected.length ? get().selected : selected,
      };
    };
    const travel = (go: typeof undo) => {
      const { history, sync, readOnly } = get();
      if (readOnly) return;
      const step = go(history, sync.local);
      if (step.history !== history)
        set({ history: step.history, sync: edit(sync, step.units), ...derive(step.units) });
    };
    return {
      key: draft.key,
      mine: draft.mine === true,
      readOnly,
      head: draft.document,
      draft,
      catalog,
      sync: opened(units, draft.revision),
      graph,
      layout: layout(graph),
      history: emptyHistory,
      selected: [],
      panel: 'flow',
      save: { kind: 'saved' },
      change: (next, tag) => {
        const { sync, history, readOnly } = get();
        if (readOnly) return;
        const local = typeof next === 'function' ? next(sync.local) : next;
        if (local === sync.local) return;
        set({
          sync: edit(sync, local),
          history: record(history, sync.local, local, Date.now(), tag),
          ...derive(local),
        });
      },
      hear: (sync) => set({ sync, ...(sync.local === get().sync.local ? {} : derive(sync.local)) }),
      set: (unit, value, tag) =>
        get().change((units) => {
          const next = { ...units };
          if (value === undefined || value === null) delete next[unit];
          else next[unit] = value;
          return next;
        }, tag),
      add: ({ units, id }) => {
        get().change(units);
        if (!get().graph.nodes[id]) return;
        set({ fresh: id });
        get().select([id], true);
      },
      judge: () => set({ fresh: undefined }),
      undo: () => travel(undo),
      redo: () => travel(redo),
      select: (ids, focus) =>
        set({
          selected: ids,
          ...(get().fresh && !ids.includes(get().fresh as string) && { fresh: undefined }),
          panel: ids.length ? 'step' : get().panel === 'step' ? 'flow' : get().panel,
          ...(focus && ids[0] && { wantFocus: { id: ids[0], at: Date.now() } }),
        }),
      show: (panel) => set({ panel, ...(panel !== 'step' && { selected: [], fresh: undefined }) }),
      open: (menu) => set({ menu }),
    };
  });
}

const Context = createContext<DesignerStore | null>(null);
export const DesignerProvider = Context.Provider;

export function useDesignerStore(): DesignerStore {
  const store = useContext(Context);
  if (!store) throw new Error('useDesigner needs a designer');
  return store;
}

export const useDesigner = <T>(select: (state: Designer) => T): T => useStore(useDesignerStore(), select);
