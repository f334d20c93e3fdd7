import { useEffect, useRef } from 'react';
import { ApiError } from '@/shared/api/client';
import { useMe } from '@/shared/api/session';
import { saveDraft, useStaleForms } from '../api/forms';
import { forget, keep } from './keep';
import { useDesigner } from './store';

const pause = 900;

/** Saves the draft a moment after the last change. It says "saved" only when the server has it. */
export function useAutosave() {
  const { doc, state, version } = useDesigner();
  const workspace = useMe().workspace.key;
  const stale = useStaleForms();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  useEffect(() => {
    if (state !== 'dirty' || !doc.key) return;
    keep(workspace, doc.key, { doc, version, at: Date.now() });
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      const designer = useDesigner.getState();
      if (designer.doc.key !== doc.key) return;
      designer.saving();
      saveDraft(doc, version).then(
        (entry) => {
          if (useDesigner.getState().doc.key !== doc.key) return;
          useDesigner.getState().saved(entry, doc);
          if (useDesigner.getState().state === 'saved') forget(workspace, doc.key);
          stale(entry);
        },
        (error) => {
          if (useDesigner.getState().doc.key !== doc.key) return;
          if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500)
            designer.failed('offline');
          else if (error.status === 409) designer.failed('conflict');
          else
            designer.failed(
              'refused',
              (error.problem.errors ?? []).map(({ pointer, rule = '', limit, message }) => ({
                pointer,
                rule,
                limit,
                message,
              })),
            );
        },
      );
    }, pause);
    return () => clearTimeout(timer.current);
  }, [doc, state, version, workspace, stale]);

  // Without an answer the next try comes by itself.
  useEffect(() => {
    if (state !== 'offline') return;
    const again = setTimeout(() => useDesigner.getState().failed('dirty'), 5000);
    return () => clearTimeout(again);
  }, [state]);
}
