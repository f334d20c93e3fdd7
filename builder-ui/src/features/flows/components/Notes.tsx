import { DeleteOutlined } from '@ant-design/icons';
import type { Node, NodeProps } from '@xyflow/react';
import { useReactFlow } from '@xyflow/react';

import { memo, useCallback, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import type { Note } from '../model/document';
import { entries, readNote } from '../model/draft';
import { cardHeight, cardWidth, type Layout } from '../model/layout';
import { useDesigner, useDesignerStore } from '../store/designer';

type NoteNode = Node<{ id: string; note: Note }, 'note'>;

/** Notes lie on the canvas beside the steps; they belong to the layout, not to the flow's meaning. */
export function useNotes() {
  const format = useFormat();
  const store = useDesignerStore();
  const local = useDesigner((state) => state.sync.local);
  const layout = useDesigner((state) => state.layout);
  const kept = useRef(new Map<string, { raw: unknown; layout: Layout; node: NoteNode }>());
  const nodes = useMemo(() => {
    const next: typeof kept.current = new Map();
    for (const [id, raw] of entries(local, 'notes')) {
      const old = kept.current.get(id);
      if (old && old.raw === raw && old.layout === layout) {
        next.set(id, old);
        continue;
      }
      const note = beside(readNote(raw, format.lang), layout);
      const size = { width: note.w, height: note.h };
      next.set(id, {
        raw,
        layout,
        node: {
          id: `note:${id}`,
          type: 'note',
          position: { x: note.x, y: note.y },
          data: { id, note },
          measured: size,
          ...size,
        },
      });
    }
    kept.current = next;
    return [...next.values()].map(({ node }) => node);
  }, [local, layout, format.lang]);
  const add = useCallback(() => {
    const { layout, sync, change } = store.getState();
    let id = 'note';
    for (let at = 1; `notes/${id}` in sync.local; at++) id = `note${at}`;
    const top = entries(sync.local, 'notes').length * 30;
    const left = Math.min(0, ...[...layout.boxes.values()].map(({ x }) => x));
    const note = { id, x: left - 240, y: top, text: '', w: 200, h: 120 };
    change({ ...sync.local, [`notes/${id}`]: note });
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-note="${id}"]`)?.focus());
  }, [store]);
  return { nodes, add };
}

/** Steps keep themselves tidy, so a note may find one where it lies: it then steps aside to the left. */
function beside(note: Note, { boxes }: Layout): Note {
  const hit = [...boxes.values()].some(
    ({ x, y }) =>
      note.x < x + cardWidth && note.x + note.w > x && note.y < y + cardHeight && note.y + note.h > y,
  );
  if (!hit) return note;
  const left = Math.min(
    ...[...boxes.values()].filter(({ y }) => Math.abs(y - note.y) < note.h + cardHeight).map(({ x }) => x),
  );
  return { ...note, x: left - note.w - 40 };
}

const NoteCard = memo(function NoteCard({ data }: NodeProps<NoteNode>) {
  const { t } = useTranslation();
  const store = useDesignerStore();
  const readOnly = useDesigner((state) => state.readOnly);
  const flow = useReactFlow();
  const { id, note } = data;
  const set = (changes: Partial<Note>, tag?: string) => {
    const raw = store.getState().sync.local[`notes/${id}`] as Record<string, unknown>;
    const { pos: _, ...rest } = raw ?? {};
    store
      .getState()
      .set(`notes/${id}`, { ...rest, id, x: note.x, y: note.y, text: note.text, ...changes }, tag);
  };
  const drag = (event: React.PointerEvent) => {
    if (readOnly) return;
    event.preventDefault();
    const { zoom } = flow.getViewport();
    const start = { x: event.clientX, y: event.clientY };
    const element = event.currentTarget as HTMLElement;
    element.setPointerCapture(event.pointerId);
    const move = (next: PointerEvent) =>
      set(
        {
          x: Math.round(note.x + (next.clientX - start.x) / zoom),
          y: Math.round(note.y + (next.clientY - start.y) / zoom),
        },
        `note/${id}`,
      );
    const stop = () => {
      element.removeEventListener('pointermove', move);
      element.removeEventListener('pointerup', stop);
    };
    element.addEventListener('pointermove', move);
    element.addEventListener('pointerup', stop);
  };
  const nudge = (event: React.KeyboardEvent) => {
    const by = { ArrowUp: [0, -20], ArrowDown: [0, 20], ArrowLeft: [-20, 0], ArrowRight: [20, 0] }[event.key];
    if (!event.altKey || !by || readOnly) return;
    event.preventDefault();
    event.stopPropagation();
    set({ x: note.x + by[0]!, y: note.y + by[1]! });
  };
  return (
    <div
      role="group"
      aria-label={t('designer.noteText')}
      className="note nopan"
      style={{ width: note.w, minHeight: note.h }}
      onKeyDown={nudge}
    >
      {!readOnly && (
        <div className="note-bar" onPointerDown={drag}>
          <IconButton
            type="text"
            size="small"
            icon={<DeleteOutlined />}
            label={t('designer.noteRemove')}
            onPointerDown={(event) => event.stopPropagation()}
            onClick={() => store.getState().set(`notes/${id}`, null)}
          />
        </div>
      )}
      <textarea
        data-note={id}
        className="note-text nowheel"
        dir="auto"
        aria-label={t('designer.noteText')}
        placeholder={t('designer.noteText')}
        maxLength={2000}
        readOnly={readOnly}
        value={note.text}
        onChange={({ target }) => set({ text: target.value }, `note/${id}/text`)}
      />
    </div>
  );
});

export const noteTypes = { note: NoteCard };
