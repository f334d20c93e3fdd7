import { App, Button } from 'antd';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { useCan } from '@/shared/api/session';
import { lazy } from '@/shared/lib/lazy';
import { useBatch } from '../api/flows';
import { useDesigner, useDesignerStore } from '../store/designer';
import { useFlush } from '../store/flush';

const ImpactDialog = lazy(() => import('./ImpactDialog'));

/** Publishing says with figures what it will do, before it does it. */
export function PublishButton({ onIssues }: { onIssues: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const canPublish = useCan('flow.publish');
  const store = useDesignerStore();
  const flush = useFlush();
  const mine = useDesigner((state) => state.mine);
  const live = useDesigner((state) => state.draft.live);
  const [open, setOpen] = useState(false);
  const [saving, setSaving] = useState(false);
  const [batch, setBatch] = useState<string>();
  const progress = useBatch(batch).data;
  const ask = async () => {
    store.getState().judge();
    setSaving(true);
    const stored = await flush();
    setSaving(false);
    if (stored) setOpen(true);
    else message.warning(t('designer.publish.notSaved'));
  };
  // Whoever comes from a rehearsal wants to see what publishing would do.
  const [params, setParams] = useSearchParams();
  const asked = params.get('publish') === '1';
  const able = canPublish && !mine;
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked once, by the address
  useEffect(() => {
    if (!asked || !able) return;
    setParams({}, { replace: true });
    void ask();
  }, [asked, able]);
  if (!able) return null;
  return (
    <>
      {progress?.status === 'running' && (
        <span className="flow-progress num" role="status">
          {progress.total
            ? t('flow.progress', { done: progress.done, total: progress.total })
            : t('flow.progressOpen', { done: progress.done })}
        </span>
      )}
      <Button type="primary" loading={saving} onClick={ask}>
        {t(live ? 'designer.publish.again' : 'flow.publish')}
      </Button>
      <Suspense fallback={null}>
        {open && <ImpactDialog onClose={() => setOpen(false)} onBatch={setBatch} onIssues={onIssues} />}
      </Suspense>
    </>
  );
}
