import { useEffect, useRef, useState } from 'react';
import { ApiError } from '@/shared/api/client';
import { useMe } from '@/shared/api/session';
import { onBack } from '@/shared/api/useLive';
import type { FormDoc } from '@/shared/form/types';
import { same } from '@/shared/lib/json';
import { readForm, saveDraft, useStaleForms } from '../api/forms';
import { forget, keep } from './keep';
import { docOf, useDesigner } from './store';

const pause = 900;
const retry = 5000;

/**
 * Saves the draft a moment after the last change, one request at a time. It says "saved" only when the server has
 * it; until then this browser keeps it.
 */
export function useAutosave() {
  const { doc, state, version } = useDesigner();
  const workspace = useMe().workspace.key;
  const stale = useStaleForms();
  const busy = useRef(false);
  const [round, setRound] = useState(0);
  const unanswered = useRef<FormDoc>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a round that ended may leave something to save
  useEffect(() => {
    if (state !== 'dirty' || !doc.key) return;
    useDesigner.getState().lose(!keep(workspace, doc.key, { doc, version, at: Date.now() }));
    const save = async () => {
      // The round after the one before will take this along.
      if (busy.current) return;
      busy.current = true;
      useDesigner.getState().saving();
      try {
        const entry = await saveDraft(doc, version);
        unanswered.current = undefined;
        if (useDesigner.getState().doc.key !== doc.key) return;
        useDesigner.getState().saved(entry, doc);
        if (useDesigner.getState().state === 'saved') forget(workspace, doc.key);
        stale(entry);
      } catch (error) {
        const lost = noAnswer(error) ? doc : undefined;
        if (useDesigner.getState().doc.key === doc.key) await refused(error, doc, unanswered.current);
        unanswered.current = lost ?? unanswered.current;
      } finally {
        busy.current = false;
        setRound((done) => done + 1);
      }
    };
    const timer = setTimeout(() => void save(), pause);
    return () => clearTimeout(timer);
  }, [doc, state, version, workspace, stale, round]);

  // Without an answer the next try comes by itself, and at once when the server is heard of again.
  useEffect(() => {
    if (state !== 'offline') return;
    const again = () => useDesigner.getState().failed('dirty');
    const timer = setTimeout(again, retry);
    const deaf = onBack(again);
    return () => {
      clearTimeout(timer);
      deaf();
    };
  }, [state]);
}

const noAnswer = (error: unknown) =>
  !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500;

/** Says why a draft was not saved; `unanswered` was sent before and may have been stored without our hearing of it. */
async function refused(error: unknown, sent: FormDoc, unanswered: FormDoc | undefined) {
  if (!(error instanceof ApiError) || noAnswer(error)) return useDesigner.getState().failed('offline');
  if (error.status === 409) {
    const there = unanswered && (await readForm(sent.key).catch(() => undefined));
    const designer = useDesigner.getState();
    if (designer.doc.key !== sent.key) return;
    // Meeting oneself is no quarrel.
    if (there && same(docOf(there), unanswered)) return designer.adoptVersion(there.version);
    return designer.failed('conflict');
  }
  // What was typed meanwhile may be right again.
  if (useDesigner.getState().doc !== sent) return useDesigner.getState().failed('dirty');
  const problems = (error.problem.errors ?? []).map(({ pointer, rule = '', limit, message }) => ({
    pointer,
    rule,
    limit,
    message,
  }));
  useDesigner.getState().failed('refused', problems);
}
