import { App, Button } from 'antd';
import { Suspense, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ahead, lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { Lines } from '@/shared/ui/states';
import type { Issue } from '../api/designer';
import { FlowCanvas } from '../canvas/FlowCanvas';
import { useStepTexts } from '../canvas/texts';
import type { Look } from '../canvas/view';
import type { Param, Place, Subject } from '../model/document';
import { entries } from '../model/draft';
import { copySteps } from '../model/steps';
import { lacks } from '../model/todo';
import { type PanelContext, PanelProvider } from '../panel/context';
import { useDesigner, useDesignerStore } from '../store/designer';
import { usePeople, useSayHere } from '../store/presence';
import { FlowSummary } from './FlowSummary';
import { noteTypes, useNotes } from './Notes';
import { Palette } from './Palette';
import { Toolbar } from './Toolbar';
import { useCanvasEvents } from './useCanvasEvents';
import { useJump } from './useJump';
import { useKeys } from './useKeys';
import { useOverlay } from './useOverlay';

// The canvas is there first; what people open follows.
const parts = {
  menu: () => import('./InsertMenu'),
  step: () => import('./StepPanel'),
  flow: () => import('./FlowPanel'),
  issues: () => import('./IssuesPanel'),
  keys: () => import('./KeysDialog'),
  move: () => import('./MoveDialog'),
  conflict: () => import('./ConflictDialog'),
};
const StepPanel = lazy(parts.step);
const FlowPanel = lazy(parts.flow);
const IssuesPanel = lazy(parts.issues);
const InsertMenu = lazy(parts.menu);
const KeysDialog = lazy(parts.keys);
const MoveDialog = lazy(parts.move);
const ConflictDialog = lazy(parts.conflict);

/** The workbench: steps on the left, the flow in the middle, settings on the right. */
export function Designer({ alive }: { alive: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const store = useDesignerStore();
  const state = useDesigner((now) => now);
  const { graph, layout, selected, catalog, inspection, panel, readOnly, sync, wantFocus, fresh } = state;
  const people = usePeople();
  const [keysOpen, setKeysOpen] = useState(false);
  const [moving, setMoving] = useState<string>();
  const [panelOpen, setPanelOpen] = useState(false);
  const [settings, setSettings] = useState(false);
  const [showRuns, setShowRuns] = useState(false);
  const side = useRef<HTMLElement>(null);
  const [working, setWorking] = useState(false);
  const badges = useOverlay(state.key, showRuns);

  const enterPanel = useCallback(() => {
    setPanelOpen(true);
    requestAnimationFrame(() => {
      const all =
        side.current?.querySelectorAll<HTMLElement>('input:not([disabled]), textarea, button') ?? [];
      const shown = [...all].filter((element) => element.offsetParent !== null);
      (shown.find((element) => element.tagName !== 'BUTTON') ?? shown[0])?.focus();
    });
  }, []);
  const showPanel = useCallback(() => setPanelOpen(true), []);
  const { events, dragging } = useCanvasEvents(store, enterPanel, showPanel);
  const askMove = useCallback((id: string) => setMoving(id), []);
  const showKeys = useCallback(() => setKeysOpen(true), []);
  const { onKeyDown, removeSteps, moveTo } = useKeys(store, { enterPanel, showKeys, askMove });
  useSayHere(working, alive);
  useEffect(() => {
    if (fresh) setPanelOpen(true);
  }, [fresh]);

  // No part of the first picture, but at hand when somebody asks for it, also while the server is away.
  useEffect(() => {
    const later = setTimeout(() => {
      for (const part of Object.values(parts)) ahead(part).catch(() => {});
    }, 2500);
    return () => clearTimeout(later);
  }, []);

  const texts = useStepTexts(catalog);
  const findings = useMemo(() => {
    const worst = new Map<string, 'error' | 'warning'>();
    for (const { node, severity } of inspection?.issues ?? [])
      if (node && worst.get(node) !== 'error') worst.set(node, severity);
    return worst;
  }, [inspection]);
  const look = useCallback(
    (id: string): Look => {
      const here = people.filter(({ at }) => at === id);
      const base = texts.look(graph.nodes[id]!, inspection?.nodes[id]?.sentence);
      const found = findings.get(id);
      const issue = id === fresh && found === 'error' ? 'todo' : found;
      return {
        ...base,
        issue,
        spoken: [base.spoken, issue && t(`designer.has.${issue}`)].filter(Boolean).join(t('designer.pause')),
        badge: badges?.get(id)?.badge,
        mark: badges?.get(id)?.mark,
        people: here.length ? here : undefined,
      };
    },
    [graph, inspection, findings, fresh, people, texts, badges, t],
  );
  const wayLabel = useCallback((place: Place) => texts.way(graph, place), [texts, graph]);
  const notes = useNotes();

  const context = useMemo<PanelContext>(() => {
    // A field is wrong only where something must be fixed; the rest stands in the checklist.
    const issues = (inspection?.issues ?? []).filter(({ severity }) => severity === 'error');
    return {
      form: (sync.local.subject as Subject | undefined)?.form ?? 'invoice',
      readOnly,
      params: Object.fromEntries(entries<Param>(sync.local, 'params')),
      errorAt: (pointer) => {
        const below = pointer.endsWith('/*') ? pointer.slice(0, -1) : undefined;
        return issues.find(
          (issue) =>
            (below ? issue.pointer.startsWith(below) : issue.pointer === pointer) &&
            !(fresh && lacks(sync.local, fresh, issue)),
        )?.message;
      },
    };
  }, [inspection, sync.local, readOnly, fresh]);

  const goTo = useJump();
  const jump = useCallback(
    (issue: Issue) => {
      goTo(issue);
      setSettings(true);
      setPanelOpen(true);
    },
    [goTo],
  );
  const copy = useCallback(() => {
    const clip = copySteps(store.getState().sync.local, catalog, store.getState().selected);
    if (!clip) return;
    // Older browsers and plain HTTP have no clipboard to write to; the keys still work there.
    navigator.clipboard?.writeText(JSON.stringify(clip, null, 1)).then(
      () => message.success(t('designer.copied', { count: Object.keys(clip.nodes).length })),
      () => message.info(t('designer.copyKeys')),
    ) ?? message.info(t('designer.copyKeys'));
  }, [store, catalog, message, t]);
  const back = useCallback(() => {
    setPanelOpen(false);
    const first = store.getState().selected[0] ?? store.getState().graph.trigger;
    if (first) store.getState().select([first], true);
  }, [store]);

  const step = selected.find((id) => graph.nodes[id]);
  return (
    <PanelProvider value={context}>
      <Toolbar
        onKeys={showKeys}
        showRuns={showRuns}
        onShowRuns={setShowRuns}
        onAddNote={notes.add}
        onIssues={() => setPanelOpen(true)}
        onSettings={() => {
          setSettings(true);
          setPanelOpen(true);
        }}
      />
      <div className={readOnly ? 'designer-body designer-still' : 'designer-body'}>
        {!readOnly && <Palette />}
        <div className={dragging ? 'designer-stage designer-dragging' : 'designer-stage'}>
          <FlowCanvas
            label={t('designer.canvas', { name: format.text(sync.local.name as never) })}
            graph={graph}
            layout={layout}
            look={look}
            wayLabel={wayLabel}
            selected={selected}
            focus={wantFocus}
            events={readOnly ? undefined : events}
            extra={notes.nodes}
            extraTypes={noteTypes as never}
            onKeyDown={onKeyDown}
            onPaneClick={() => {
              setPanelOpen(false);
              store.getState().select([]);
            }}
          />
          {!readOnly && state.menu && (
            <Suspense fallback={null}>
              <InsertMenu />
            </Suspense>
          )}
        </div>
        <aside
          ref={side}
          className={panelOpen ? 'side side-open' : 'side'}
          aria-label={t('designer.panel')}
          onFocus={() => setWorking(true)}
          onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setWorking(false)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || event.defaultPrevented) return;
            back();
          }}
        >
          {!(panel === 'step' && step) && (
            <Button type="text" size="small" className="panel-close" onClick={back}>
              {t('designer.done')}
            </Button>
          )}
          <Suspense fallback={<Lines rows={6} />}>
            {panel === 'step' && step ? (
              <StepPanel
                key={step}
                id={step}
                onRemove={() => removeSteps([step])}
                onMove={() => setMoving(step)}
                onCopy={copy}
                onBack={back}
              />
            ) : panel === 'issues' ? (
              <IssuesPanel onJump={jump} />
            ) : settings ? (
              <FlowPanel />
            ) : (
              <FlowSummary onSettings={() => setSettings(true)} />
            )}
          </Suspense>
        </aside>
      </div>
      <Suspense fallback={null}>
        {keysOpen && <KeysDialog onClose={() => setKeysOpen(false)} />}
        {moving && (
          <MoveDialog
            id={moving}
            onClose={() => setMoving(undefined)}
            onMove={(place) => {
              setMoving(undefined);
              moveTo(moving, place);
            }}
          />
        )}
        {sync.conflicts.length > 0 && <ConflictDialog />}
      </Suspense>
    </PanelProvider>
  );
}
