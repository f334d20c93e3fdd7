import { Button } from 'antd';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { keys, usePages } from '@/shared/api/query';
import { useCan } from '@/shared/api/session';
import type { Run } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { StatusChip } from '@/shared/ui/Chip';
import { RunActions } from '@/shared/ui/RunActions';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useFlowTypes } from '../api/designer';
import { useFlows, useVersion } from '../api/flows';
import { useStepTexts } from '../canvas/texts';
import { useAskStop } from './FlowControls';
import { Picture } from './Picture';
import { useOverlay, useOverlayData } from './useOverlay';

const shown = 50;

/** Where the runs of the live version stand; a step opens the list of those at it. */
export default function RunsTab({ flowKey }: { flowKey: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const flows = useFlows();
  const flow = flows.data?.find(({ key }) => key === flowKey);
  const overlay = useOverlayData(flowKey);
  const badges = useOverlay(flowKey, true);
  const version = useVersion(flowKey, overlay.data?.hash || undefined);
  const canPublish = useCan('flow.publish');
  const askStop = useAskStop();
  const { catalog } = useFlowTypes();
  const texts = useStepTexts(catalog);
  const [picked, setPicked] = useState<string>();
  const mark = useCallback((id: string) => badges?.get(id), [badges]);
  const error = overlay.error ?? version.error;
  if (error)
    return (
      <ErrorState error={error} onRetry={() => (overlay.error ? overlay.refetch() : version.refetch())} />
    );
  if (overlay.data && !overlay.data.hash)
    return (
      <Empty
        title={t('designer.runsTab.notLive')}
        text={t('designer.runsTab.noneText')}
        action={<Link to={`/flows/${flowKey}`}>{t('designer.tab.designer')}</Link>}
      />
    );
  const standing = Object.values(overlay.data?.nodes ?? {}).length;
  const node = picked ? version.data?.document.nodes[picked] : undefined;
  return (
    <div className="designer-body designer-still">
      <div className="designer-stage">
        {version.data ? (
          <Picture
            label={t('designer.runsTab.text')}
            document={version.data.document}
            mark={mark}
            selected={picked}
            onPick={setPicked}
          />
        ) : (
          <div className="page">
            <Lines rows={8} />
          </div>
        )}
      </div>
      <aside className="side side-open" aria-label={t('designer.tab.runs')}>
        <div className="panel-body">
          <p className="panel-about">{t('designer.runsTab.text')}</p>
          <div className="prop-row runs-links">
            <Link to={`/runs?flow=${flowKey}`}>{t('designer.runsTab.all')}</Link>
            {canPublish && flow?.status === 'live' && (
              <Button size="small" onClick={() => askStop(flow, format.text(flow.name) || flow.key)}>
                {t('designer.runsTab.stop')}
              </Button>
            )}
          </div>
          {(overlay.data?.older?.length ?? 0) > 0 && (
            <p className="panel-about">
              {t('designer.runsTab.older', {
                list: overlay.data?.older
                  ?.map(({ version: number, runs }) =>
                    t('designer.runsTab.olderOne', { version: number, runs }),
                  )
                  .join(t('designer.comma')),
              })}
            </p>
          )}
          {picked && node ? (
            <AtStep
              flowKey={flowKey}
              node={picked}
              title={t('designer.runsTab.at', { name: texts.title(node) })}
            />
          ) : standing === 0 && overlay.data ? (
            <Empty small title={t('designer.runsTab.none')} text={t('designer.runsTab.noneText')} />
          ) : (
            <p className="prop-help">{t('designer.runsTab.pick')}</p>
          )}
        </div>
      </aside>
    </div>
  );
}

function AtStep({ flowKey, node, title }: { flowKey: string; node: string; title: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canControl = useCan('run.control');
  const pages = usePages<Run>(keys.runs, '/runs', { flow: flowKey, node, limit: shown });
  const runs = pages.rows.filter((run) => run.node === node && run.status !== 'done');
  return (
    <section aria-label={title}>
      <h2 className="panel-section">{title}</h2>
      {pages.isPending ? (
        <Lines rows={3} />
      ) : pages.error ? (
        <ErrorState error={pages.error} onRetry={() => pages.refetch()} />
      ) : runs.length === 0 ? (
        <Empty small title={t('designer.runsTab.none')} />
      ) : (
        <ul className="at-step">
          {runs.map((run) => (
            <li key={run.id}>
              <div className="at-step-words">
                <Link className="row-title" to={`/runs/view?id=${encodeURIComponent(run.id)}`} dir="auto">
                  {run.customer.name}
                </Link>
                <span className="cell-sub num">{run.subject.label}</span>
                {run.wakeAt && (
                  <span className="cell-sub num">
                    {t('designer.run.now', { date: format.instant(run.wakeAt) })}
                  </span>
                )}
                {run.status !== 'active' && <StatusChip kind="run" status={run.status} />}
              </div>
              {canControl && <RunActions run={run} />}
            </li>
          ))}
        </ul>
      )}
      {pages.hasNextPage && (
        <Button size="small" loading={pages.isFetchingNextPage} onClick={() => pages.fetchNextPage()}>
          {t('table.more')}
        </Button>
      )}
    </section>
  );
}
