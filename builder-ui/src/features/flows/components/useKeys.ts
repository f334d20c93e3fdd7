import { App } from 'antd';
import { type KeyboardEvent, useCallback, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { Place } from '../model/document';
import { mainWay, move, moveRefusal, neighbourPlace, remove } from '../model/graph';
import { copySteps, paste, readClip } from '../model/steps';
import { type Direction, inReadingOrder, walk } from '../model/walk';
import type { DesignerStore } from '../store/designer';
import { below } from './useCanvasEvents';

const arrows: Record<string, Direction> = {
  ArrowUp: 'up',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
};

/** What can be done to the chosen steps, by key, button or menu. */
export function useCommands(store: DesignerStore) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const removeSteps = useCallback(
    (ids: readonly string[]) => {
      const { graph, sync, catalog, change, select } = store.getState();
      const notes = ids.filter((id) => `notes/${id}` in sync.local);
      const steps = ids.filter((id) => graph.nodes[id] && id !== graph.trigger);
      if (steps.length === 0 && notes.length === 0) {
        if (ids.length) message.info(t('designer.refused.triggerStays'));
        return;
      }
      const above = steps[0] && graph.before.get(steps[0])?.[0]?.from;
      const result = remove(sync.local, catalog, steps);
      const units = { ...result.units };
      for (const id of notes) delete (units as Record<string, unknown>)[`notes/${id}`];
      change(units);
      const next = above && units[`nodes/${above}`] ? above : store.getState().graph.trigger;
      select(next ? [next] : [], true);
      if (result.also.length) message.info(t('designer.removedAlso', { count: result.also.length }));
    },
    [store, t, message],
  );
  const moveTo = useCallback(
    (id: string, place: Place | undefined) => {
      const { graph, sync, catalog, change, select } = store.getState();
      const refusal = moveRefusal(graph, id, place);
      if (refusal || !place) {
        message.info(t(`designer.refused.${refusal ?? 'edge'}`));
        return;
      }
      change(move(sync.local, catalog, id, place));
      select([id], true);
    },
    [store, t, message],
  );
  const pasteText = useCallback(
    (text: string) => {
      const { graph, sync, catalog, change, select, selected } = store.getState();
      const clip = readClip(text);
      if (!clip) return false;
      const after = selected.find((id) => graph.nodes[id]) ?? graph.trigger;
      const port = after && (mainWay(graph, after) ?? graph.ports.get(after)?.required[0]);
      if (!after || !port) {
        message.info(t('designer.refused.end'));
        return true;
      }
      const result = paste(sync.local, catalog, clip, { from: after, port });
      change(result.units);
      select(result.ids, true);
      message.success(t('designer.pasted', { count: result.ids.length }));
      return true;
    },
    [store, t, message],
  );
  return { removeSteps, moveTo, pasteText };
}

type Options = { enterPanel: () => void; showKeys: () => void; askMove: (id: string) => void };

/** The canvas by keyboard; nothing here needs a mouse, and the mouse can do nothing that is not here. */
export function useKeys(store: DesignerStore, { enterPanel, showKeys, askMove }: Options) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const commands = useCommands(store);
  const { removeSteps, moveTo, pasteText } = commands;
  useEffect(() => {
    const onCanvas = () =>
      document.activeElement?.closest('.canvas') !== null || document.activeElement === document.body;
    const copy = (event: ClipboardEvent) => {
      const { sync, catalog, selected } = store.getState();
      if (!onCanvas() || window.getSelection()?.toString()) return;
      const clip = copySteps(sync.local, catalog, selected);
      if (!clip || !event.clipboardData) return;
      event.clipboardData.setData('text/plain', JSON.stringify(clip, null, 1));
      event.preventDefault();
      message.success(t('designer.copied', { count: Object.keys(clip.nodes).length }));
    };
    const insertCopied = (event: ClipboardEvent) => {
      if (!onCanvas() || store.getState().readOnly) return;
      if (pasteText(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
      else message.info(t('designer.refused.paste'));
    };
    const travel = (event: globalThis.KeyboardEvent) => {
      if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
      const key = event.key.toLowerCase();
      const typing = (event.target as HTMLElement).closest?.('input, textarea');
      if ((key !== 'z' && key !== 'y') || typing) return;
      event.preventDefault();
      if (key === 'y' || event.shiftKey) store.getState().redo();
      else store.getState().undo();
    };
    document.addEventListener('copy', copy);
    document.addEventListener('paste', insertCopied);
    document.addEventListener('keydown', travel);
    return () => {
      document.removeEventListener('copy', copy);
      document.removeEventListener('paste', insertCopied);
      document.removeEventListener('keydown', travel);
    };
  }, [store, message, t, pasteText]);

  const onKeyDown = useCallback(
    (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const { graph, layout, selected, select, readOnly, open } = store.getState();
      const id = target.dataset.step ?? target.closest<HTMLElement>('[data-step]')?.dataset.step;
      if (event.key === '?' && !target.closest('input, textarea')) {
        event.preventDefault();
        showKeys();
        return;
      }
      if (!id || !graph.nodes[id] || target.closest('input, textarea')) return;
      const direction = arrows[event.key];
      const done = () => event.preventDefault();
      if (direction && event.altKey && !readOnly) {
        done();
        const vertical = direction === 'up' || direction === 'down';
        if (vertical) moveTo(id, neighbourPlace(graph, id, direction));
        else askMove(id);
      } else if (direction) {
        done();
        const next = walk(graph, layout, id, direction);
        if (next)
          select(event.shiftKey ? [next, ...selected.filter((other) => other !== next)] : [next], true);
      } else if (event.key === 'Home' || event.key === 'End') {
        done();
        const order = inReadingOrder(layout);
        const next = event.key === 'Home' ? order[0] : order.at(-1);
        if (next) select([next], true);
      } else if (event.key === 'Enter') {
        done();
        select([id]);
        enterPanel();
      } else if (
        (event.key === 'Insert' || event.key === '+') &&
        !readOnly &&
        !event.ctrlKey &&
        !event.metaKey
      ) {
        done();
        const ports = graph.ports.get(id);
        const port =
          ports?.required.find((way) => !graph.next.get(id)?.has(way)) ??
          mainWay(graph, id) ??
          ports?.required[0];
        if (!port) return void message.info(t('designer.refused.end'));
        select([id]);
        open({ place: { from: id, port }, at: below(target) });
      } else if ((event.key === 'Delete' || event.key === 'Backspace') && !readOnly) {
        done();
        removeSteps(selected.includes(id) ? selected : [id]);
      } else if (event.key === 'Escape') {
        select([id]);
      }
    },
    [store, enterPanel, showKeys, askMove, moveTo, removeSteps, message, t],
  );
  return { onKeyDown, ...commands };
}
