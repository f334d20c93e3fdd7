import { App, Modal, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useMe } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { ErrorState, errorText } from '@/shared/ui/states';
import { type RunningChoice, useFlows, useImpact, usePublish } from '../api/flows';
import { useDesigner } from '../store/designer';
import { IssueList } from './IssueList';
import { RunningChoices } from './RunningChoices';
import { useJump } from './useJump';
import { useUnitName } from './useUnitName';

type DialogProps = { onClose: () => void; onBatch: (id?: string) => void; onIssues: () => void };

export default function ImpactDialog({ onClose, onBatch, onIssues }: DialogProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const key = useDesigner((state) => state.key);
  const catalog = useDesigner((state) => state.catalog);
  const name = useUnitName(catalog);
  const local = useDesigner((state) => state.sync.local);
  const impact = useImpact(key, false, true);
  const publish = usePublish();
  const me = useMe();
  const live = useFlows().data?.find((flow) => flow.key === key)?.version;
  const jump = useJump();
  const [running, setRunning] = useState<RunningChoice>('finish');
  const [steps, setSteps] = useState<Record<string, RunningChoice>>({});
  const data = impact.data;
  const others = data?.authors.filter(({ id }) => id !== me.user.id) ?? [];
  const errors = data?.issues.filter(({ severity }) => severity === 'error') ?? [];
  const warnings = data?.issues.filter(({ severity }) => severity !== 'error') ?? [];

  const confirm = () =>
    publish.mutate(
      { key, running, steps: Object.keys(steps).length ? steps : undefined, revision: data?.revision },
      {
        onSuccess: ({ version, batch }) => {
          message.success(t('flow.publishDone', { version }));
          onBatch(batch);
          onClose();
        },
        onError: (error) => {
          if (error instanceof ApiError && error.problem.key?.endsWith('.draftMoved')) {
            message.info(t('designer.publish.moved'));
            void impact.refetch();
          } else message.error(errorText(error, t).text);
        },
      },
    );
  const goTo = (issue: Parameters<typeof jump>[0]) => {
    onClose();
    onIssues();
    jump(issue);
  };
  return (
    <Modal
      open
      onCancel={onClose}
      onOk={confirm}
      confirmLoading={publish.isPending}
      okButtonProps={{ disabled: !data || errors.length > 0 }}
      title={t('flow.publishTitle', { name: format.text(local.name as never) })}
      okText={t('flow.publish')}
      cancelText={t('action.cancel')}
      width={600}
    >
      {!data ? (
        impact.error ? (
          <ErrorState error={impact.error} onRetry={() => impact.refetch()} />
        ) : (
          <Skeleton active paragraph={{ rows: 5 }} />
        )
      ) : (
        <div className="impact">
          {errors.length > 0 && (
            <p className="impact-stop">{t('designer.publish.errors', { count: errors.length })}</p>
          )}
          <IssueList title={t('designer.mustFix')} issues={errors} onJump={goTo} />
          <section className="impact-enter" aria-label={t('designer.publish.entering')}>
            <strong className="impact-number num">
              {data.atLeast
                ? t('designer.atLeast', { number: format.number(data.enter) })
                : format.number(data.enter)}
            </strong>
            <div>
              <p>{t('designer.publish.enter', { count: data.enter })}</p>
              {data.sample.length > 0 && (
                <p className="matches-sample">
                  {t('designer.matches.sample', {
                    names: data.sample.map(({ label }) => label).join(t('designer.comma')),
                  })}
                </p>
              )}
            </div>
          </section>
          {live !== undefined && live > 0 && data.changed.length === 0 && (
            <p className="impact-authors">{t('designer.publish.same', { version: live })}</p>
          )}
          {others.length > 0 && (
            <p className="impact-authors">
              {t('designer.publish.authors', {
                names: others.map((author) => author.name).join(t('designer.comma')),
              })}
            </p>
          )}
          <RunningChoices
            impact={data}
            running={running}
            steps={steps}
            onRunning={setRunning}
            onSteps={setSteps}
          />
          {live !== undefined && live > 0 && data.changed.length > 0 && (
            <details className="panel-more">
              <summary>{t('designer.publish.changes', { count: data.changed.length })}</summary>
              <ul className="impact-changes">
                {data.changed.slice(0, 40).map((unit) => (
                  <li key={unit} dir="auto">
                    {name(unit, local[unit])}
                  </li>
                ))}
              </ul>
            </details>
          )}
          <IssueList title={t('designer.shouldLook')} issues={warnings} onJump={goTo} />
        </div>
      )}
    </Modal>
  );
}
