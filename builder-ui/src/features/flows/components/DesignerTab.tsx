import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Skeleton } from 'antd';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { keys } from '@/shared/api/query';
import { useCan, useMe } from '@/shared/api/session';
import { hearLive } from '@/shared/api/useLive';
import { ErrorState } from '@/shared/ui/states';
import { type Draft, draftKey, readDraft, useFlowTypes } from '../api/designer';
import type { Catalog } from '../model/catalog';
import { createDesigner, DesignerProvider } from '../store/designer';
import { localDrawer } from '../store/drawer';
import { FlushProvider } from '../store/flush';
import { Saver } from '../store/saver';
import { Designer } from './Designer';

export default function DesignerTab({ flowKey }: { flowKey: string }) {
  const [params] = useSearchParams();
  const mine = params.get('mine') === '1';
  const types = useFlowTypes();
  const draft = useQuery({
    queryKey: draftKey(flowKey, mine),
    queryFn: () => readDraft(flowKey, mine),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    refetchOnMount: 'always',
    refetchOnReconnect: false,
  });
  const error = draft.error ?? types.error;
  if (error && !draft.data)
    return <ErrorState error={error} onRetry={() => (draft.error ? draft.refetch() : types.refetch())} />;
  // A draft from an earlier visit is only a shadow of what is there now.
  if (!draft.data || !types.data || !draft.isFetchedAfterMount) return <Waiting />;
  return (
    <Loaded
      key={`${flowKey}/${mine}/${params.get('at')}`}
      draft={draft.data}
      catalog={types.catalog}
      step={params.get('step') ?? undefined}
      template={params.get('template') ?? undefined}
    />
  );
}

function Waiting() {
  const { t } = useTranslation();
  return (
    <div className="designer-body" aria-busy="true">
      <span className="sr-only" role="status">
        {t('state.loading')}
      </span>
      <div className="palette" aria-hidden>
        <Skeleton active title={false} paragraph={{ rows: 9 }} />
      </div>
      <div className="designer-stage designer-waiting" aria-hidden>
        {[0, 1, 2, 3].map((at) => (
          <span key={at} className="step step-ghost" />
        ))}
      </div>
      <div className="side side-open" aria-hidden>
        <Skeleton active paragraph={{ rows: 6 }} />
      </div>
    </div>
  );
}

type LoadedProps = { draft: Draft; catalog: Catalog; step?: string; template?: string };

function Loaded({ draft, catalog, step, template }: LoadedProps) {
  const me = useMe();
  const canWrite = useCan('flow.write');
  const client = useQueryClient();
  const [store] = useState(() => createDesigner({ draft, catalog, readOnly: !canWrite }));
  const [saver] = useState(() => {
    const drawer = localDrawer(
      `${me.workspace.key}.${me.user.id}.${draft.key}.${draft.mine ? 'mine' : 'shared'}`,
    );
    return new Saver(store, drawer, me.user.id, () =>
      client.invalidateQueries({ queryKey: keys.flows, exact: true }),
    );
  });
  useEffect(() => saver.start(), [saver]);
  useEffect(
    () =>
      hearLive((events) => {
        if (!events.some(({ type, id }) => type === 'flow' && id === draft.key)) return;
        void saver.news();
        void saver.reread();
      }),
    [saver, draft.key],
  );
  // Whoever comes to mend a step finds it open.
  useEffect(() => {
    const { graph, readOnly, select, set } = store.getState();
    const node = step ? graph.nodes[step] : undefined;
    if (!step || !node) return;
    select([step], true);
    // And whoever wrote a message for it finds that chosen.
    if (template && !readOnly && node.type === 'send' && node.cfg?.template !== template)
      set(`nodes/${step}`, { ...node, cfg: { ...node.cfg, template } });
  }, [store, step, template]);
  const flush = useCallback(() => saver.flush(), [saver]);
  const alive = useCallback(() => saver.keep(), [saver]);
  // Browser tests ask for it before the page loads: what the server has, and what it has not.
  useEffect(() => {
    if ('dueflowTest' in window) Object.assign(window, { dueflowDesigner: store });
  }, [store]);
  return (
    <DesignerProvider value={store}>
      <FlushProvider value={flush}>
        <Designer alive={alive} />
      </FlushProvider>
    </DesignerProvider>
  );
}
