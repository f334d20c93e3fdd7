import { App, Button, Modal, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServerNow } from '@/shared/api/clock';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import {
  type RunningChoice,
  useBatch,
  useImpact,
  useRollback,
  useVersion,
  useVersions,
  type Version,
} from '../api/flows';
import { Picture } from './Picture';
import { RunningChoices } from './RunningChoices';

/** Every version that was ever live. Publishing an older one again is the way back. */
export default function VersionsTab({ flowKey }: { flowKey: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const versions = useVersions(flowKey);
  const canPublish = useCan('flow.publish');
  const now = useServerNow(60_000);
  const [viewing, setViewing] = useState<Version>();
  const [back, setBack] = useState<Version>();
  const [batch, setBatch] = useState<string>();
  const progress = useBatch(batch).data;
  if (versions.error) return <ErrorState error={versions.error} onRetry={() => versions.refetch()} />;
  const lived = ({ at, until }: Version) => {
    const minutes = Math.max(
      0,
      ((until ? Date.parse(until) : (now ?? Date.now())) - Date.parse(at)) / 60_000,
    );
    if (minutes >= 2880) return t('designer.versions.days', { count: Math.round(minutes / 1440) });
    if (minutes >= 120) return t('designer.versions.hours', { count: Math.round(minutes / 60) });
    return t('designer.versions.minutes', { count: Math.round(minutes) });
  };
  return (
    <div className="page">
      {progress?.status === 'running' && (
        <p className="flow-progress num" role="status">
          {progress.total
            ? t('flow.progress', { done: progress.done, total: progress.total })
            : t('flow.progressOpen', { done: progress.done })}
        </p>
      )}
      <div className="table-box">
        {!versions.data ? (
          <Lines rows={4} />
        ) : versions.data.length === 0 ? (
          <Empty title={t('designer.versions.none')} text={t('designer.versions.noneText')} />
        ) : (
          <div className="table-scroll">
            <table className="table">
              <caption className="sr-only">{t('designer.tab.versions')}</caption>
              <thead>
                <tr>
                  <th scope="col">{t('designer.versions.version')}</th>
                  <th scope="col">{t('designer.versions.at')}</th>
                  <th scope="col" className="hide-narrow">
                    {t('designer.versions.by')}
                  </th>
                  <th scope="col" className="hide-narrow">
                    {t('designer.versions.live')}
                  </th>
                  <th scope="col" className="cell-right">
                    {t('designer.versions.runs')}
                  </th>
                  <th scope="col">
                    <span className="sr-only">{t('table.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {versions.data.map((version) => {
                  const { runs } = version;
                  return (
                    <tr key={`${version.version}/${version.hash}`}>
                      <td className="num">{t('flow.version', { version: version.version })}</td>
                      <td className="num">{format.instant(version.at)}</td>
                      <td className="hide-narrow">{version.by?.name}</td>
                      <td className="hide-narrow">
                        {version.live
                          ? t('designer.versions.since', { span: lived(version) })
                          : t('designer.versions.for', { span: lived(version) })}
                      </td>
                      <td className="cell-right num">
                        {format.number((runs?.active ?? 0) + (runs?.paused ?? 0) + (runs?.parked ?? 0))}
                      </td>
                      <td className="cell-right">
                        <span className="row-actions">
                          <Button
                            size="small"
                            aria-label={t('designer.versions.viewNamed', { version: version.version })}
                            onClick={() => setViewing(version)}
                          >
                            {t('designer.versions.view')}
                          </Button>
                          {canPublish && !version.live && (
                            <Button
                              size="small"
                              aria-label={t('designer.versions.backNamed', { version: version.version })}
                              onClick={() => setBack(version)}
                            >
                              {t('designer.versions.back')}
                            </Button>
                          )}
                        </span>
                      </td>
                    </tr>
                  );
                })}
              </tbody>
            </table>
          </div>
        )}
      </div>
      {viewing && <ViewDialog flowKey={flowKey} version={viewing} onClose={() => setViewing(undefined)} />}
      {back && (
        <BackDialog flowKey={flowKey} version={back} onClose={() => setBack(undefined)} onBatch={setBatch} />
      )}
    </div>
  );
}

function ViewDialog({
  flowKey,
  version,
  onClose,
}: {
  flowKey: string;
  version: Version;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { data, error, refetch } = useVersion(flowKey, version.hash);
  const title = t('designer.versions.viewing', { version: version.version });
  return (
    <Modal open title={title} footer={null} onCancel={onClose} width="min(1100px, 94vw)">
      <div className="version-picture">
        {data ? (
          <Picture label={title} document={data.document} />
        ) : error ? (
          <ErrorState error={error} onRetry={() => refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 8 }} />
        )}
      </div>
    </Modal>
  );
}

type BackProps = { flowKey: string; version: Version; onClose: () => void; onBatch: (id?: string) => void };

function BackDialog({ flowKey, version, onClose, onBatch }: BackProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const rollback = useRollback();
  const impact = useImpact(flowKey, false, true);
  const [running, setRunning] = useState<RunningChoice>('finish');
  const [steps, setSteps] = useState<Record<string, RunningChoice>>({});
  const confirm = () =>
    rollback.mutate(
      { key: flowKey, hash: version.hash, running, steps: Object.keys(steps).length ? steps : undefined },
      {
        onSuccess: ({ version: next, batch }) => {
          message.success(t('flow.publishDone', { version: next }));
          onBatch(batch);
          onClose();
        },
        onError: (error) => message.error(errorText(error, t).text),
      },
    );
  return (
    <Modal
      open
      title={t('designer.versions.backTitle', { version: version.version })}
      okText={t('designer.versions.back')}
      cancelText={t('action.cancel')}
      confirmLoading={rollback.isPending}
      onOk={confirm}
      onCancel={onClose}
      width={560}
    >
      <p className="drawer-sub">{t('designer.versions.backText')}</p>
      {impact.data ? (
        <RunningChoices
          impact={{ ...impact.data, steps: impact.data.steps.map((step) => ({ ...step, gone: false })) }}
          running={running}
          steps={steps}
          onRunning={setRunning}
          onSteps={setSteps}
        />
      ) : impact.error ? (
        <ErrorState error={impact.error} onRetry={() => impact.refetch()} />
      ) : (
        <Skeleton active paragraph={{ rows: 3 }} />
      )}
    </Modal>
  );
}
