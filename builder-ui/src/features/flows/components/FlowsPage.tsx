import '../texts';
import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useUserNames } from '@/shared/api/names';
import { useCan } from '@/shared/api/session';
import type { Flow, RunStatus } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { StatusChip } from '@/shared/ui/Chip';
import { Page } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useFlows } from '../api/flows';
import { FlowControls } from './FlowControls';
import { NewFlowDialog } from './NewFlowDialog';

const counted: RunStatus[] = ['active', 'paused', 'parked', 'done'];

export default function FlowsPage() {
  const { t } = useTranslation();
  const flows = useFlows();
  const canWrite = useCan('flow.write');
  const [params, setParams] = useSearchParams();
  const [making, setMaking] = useState(params.get('new') === '1' && canWrite);
  const close = () => {
    setMaking(false);
    setParams({}, { replace: true });
  };
  const add = canWrite && (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => setMaking(true)}>
      {t('designer.list.new')}
    </Button>
  );
  const mayPick = useCan('pack.read');
  const firstSteps = (
    <span className="state-actions">
      {mayPick && (
        <Link to="/market">
          <Button type="primary">{t('designer.list.market')}</Button>
        </Link>
      )}
      {canWrite && <Button onClick={() => setMaking(true)}>{t('designer.list.new')}</Button>}
    </span>
  );
  return (
    <Page title={t('nav.flows')} sub={t('flow.sub')} actions={add}>
      {making && <NewFlowDialog onClose={close} />}
      {flows.data ? (
        flows.data.length === 0 ? (
          <div className="section">
            <Empty title={t('designer.list.none')} text={t('designer.list.noneText')} action={firstSteps} />
          </div>
        ) : (
          <ul className="flows">
            {flows.data.map((flow) => (
              <FlowCard key={flow.key} flow={flow} />
            ))}
          </ul>
        )
      ) : flows.error ? (
        <ErrorState error={flows.error} onRetry={() => flows.refetch()} />
      ) : (
        <div className="section">
          <Lines rows={8} />
        </div>
      )}
    </Page>
  );
}

function FlowCard({ flow }: { flow: Flow }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useUserNames();
  const publisher = names.data?.find(({ id }) => id === flow.publishedBy)?.name;
  const canPublish = useCan('flow.publish');
  const name = format.text(flow.name) || flow.key;
  const steps = flow.sentences?.[format.lang] ?? flow.sentences?.en ?? [];
  return (
    <li className="section flow" id={flow.key}>
      <div className="flow-head">
        <div className="flow-titles">
          <h2 className="flow-name" dir="auto">
            <Link to={`/flows/${flow.key}`}>{name}</Link>
          </h2>
          <StatusChip kind="flow" status={flow.status} />
          {Boolean(flow.version) && (
            <span className="flow-version num">{t('flow.version', { version: flow.version })}</span>
          )}
        </div>
        <FlowControls flow={flow} name={name} canPublish={canPublish} />
      </div>
      {flow.description && <p className="flow-text">{format.text(flow.description)}</p>}
      <div className="flow-body">
        <ol className="flow-steps" aria-label={t('flow.steps', { name })}>
          {steps.map((step, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a published flow's sentences keep their places
            <li key={`${at}${step}`} className="flow-step">
              <span className="flow-number" aria-hidden />
              <span>{format.text(step)}</span>
            </li>
          ))}
        </ol>
        <dl className="flow-counts">
          {counted.map((status) => (
            <div key={status} className="flow-count">
              <dt>{t(`status.run.${status}`)}</dt>
              <dd className="num">
                {flow.counts?.[status] ? (
                  <Link to={`/runs?flow=${flow.key}&status=${status}`}>
                    {format.number(flow.counts[status])}
                  </Link>
                ) : (
                  <span className="list-dim">{format.number(0)}</span>
                )}
              </dd>
            </div>
          ))}
        </dl>
      </div>
      {flow.publishedAt && (
        <p className="flow-published">
          {t(publisher ? 'flow.publishedBy' : 'flow.published', {
            date: format.instant(flow.publishedAt),
            name: publisher,
          })}
        </p>
      )}
    </li>
  );
}
