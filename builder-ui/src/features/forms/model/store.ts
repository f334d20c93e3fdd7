import { create } from 'zustand';
import type { FormDoc } from '@/shared/form/types';
import type { FieldProblem, FormEntry } from '../api/forms';
import type { Selected } from './edit';

export type SaveState = 'saved' | 'dirty' | 'saving' | 'refused' | 'conflict' | 'offline';

type Snapshot = { doc: FormDoc; selected: Selected };
type Designer = {
  doc: FormDoc;
  version: number;
  published?: FormDoc;
  builtin: boolean;
  revision: number;
  selected: Selected;
  past: Snapshot[];
  future: Snapshot[];
  state: SaveState;
  /** The last try to save got no answer. */
  away: boolean;
  /** This browser could not keep what the server does not have. */
  lost: boolean;
  problems: FieldProblem[];
  /** Said to screen readers after a move. */
  said: string;
  open: (entry: FormEntry, doc?: FormDoc) => void;
  /** Changes the form; the same `tag` within a moment is one step of undo. */
  change: (next: FormDoc, selected?: Selected, tag?: string) => void;
  select: (selected: Selected) => void;
  undo: () => void;
  redo: () => void;
  lose: (lost: boolean) => void;
  say: (text: string) => void;
  saving: () => void;
  saved: (entry: FormEntry, doc: FormDoc) => void;
  failed: (state: SaveState, problems?: FieldProblem[]) => void;
  adoptVersion: (version: number) => void;
};

const depth = 100;
const pause = 800;
let lastTag = '';
let lastAt = 0;

export const emptyDoc: FormDoc = { key: '', name: {}, schema: {}, layout: { groups: [] } };

/** Only form properties that the server keeps: an entry carries its own beside them. */
export const docOf = (entry: FormEntry): FormDoc => {
  const { key, name, title, schema, layout } = entry;
  return entry.draft ?? { key, name, title, schema, layout: layout ?? { groups: [] } };
};

export const useDesigner = create<Designer>((set) => ({
  doc: emptyDoc,
  version: 0,
  builtin: false,
  revision: 0,
  selected: undefined,
  past: [],
  future: [],
  state: 'saved',
  away: false,
  lost: false,
  problems: [],
  said: '',
  open: (entry, doc) => {
    lastTag = '';
    const { key, name, title, schema, layout, revision, builtin, version } = entry;
    set({
      doc: doc ?? docOf(entry),
      version,
      revision,
      builtin,
      published: revision > 0 ? { key, name, title, schema, layout } : undefined,
      selected: undefined,
      past: [],
      future: [],
      state: doc ? 'dirty' : 'saved',
      away: false,
      lost: false,
      problems: [],
    });
  },
  change: (next, selected, tag = '') =>
    set(({ doc, selected: was, past }) => {
      if (next === doc) return selected === undefined ? {} : { selected };
      const now = Date.now();
      const joined = tag !== '' && tag === lastTag && now - lastAt < pause;
      lastTag = tag;
      lastAt = now;
      return {
        doc: next,
        selected: selected ?? was,
        past: joined ? past : [...past.slice(1 - depth), { doc, selected: was }],
        future: [],
        state: 'dirty',
      };
    }),
  select: (selected) => set({ selected }),
  undo: () =>
    set(({ doc, selected, past, future }) => {
      const last = past.at(-1);
      lastTag = '';
      return last
        ? { ...last, past: past.slice(0, -1), future: [{ doc, selected }, ...future], state: 'dirty' }
        : {};
    }),
  redo: () =>
    set(({ doc, selected, past, future }) => {
      const [next, ...rest] = future;
      lastTag = '';
      return next ? { ...next, past: [...past, { doc, selected }], future: rest, state: 'dirty' } : {};
    }),
  // Said at every save: only news is worth drawing anew.
  lose: (lost) => set((now) => (now.lost === lost ? now : { lost })),
  say: (said) => set({ said }),
  saving: () => set({ state: 'saving' }),
  // What was typed while the request was under way is not saved by its answer.
  saved: (entry, sent) =>
    set(({ doc }) => ({
      version: entry.version,
      problems: [],
      away: false,
      state: doc === sent ? 'saved' : 'dirty',
    })),
  failed: (state, problems = []) =>
    set(({ away }) => ({ state, problems, away: state === 'offline' || (away && state === 'dirty') })),
  adoptVersion: (version) => set({ version, state: 'dirty' }),
}));
