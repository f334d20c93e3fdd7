import '../texts';
import { LeftOutlined } from '@ant-design/icons';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, NavLink, useParams, useSearchParams } from 'react-router';
import { useCan } from '@/shared/api/session';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { useInSight } from '@/shared/lib/useInSight';
import { useTitle } from '@/shared/lib/useTitle';
import { StatusChip } from '@/shared/ui/Chip';
import { ErrorState, PageSkeleton } from '@/shared/ui/states';
import { useFlows } from '../api/flows';
import { tabs } from '../tabs';

const DesignerTab = lazy(tabs.designer);
const TextTab = lazy(tabs.text);
const RehearsalTab = lazy(tabs.rehearsal);
const VersionsTab = lazy(tabs.versions);
const RunsTab = lazy(tabs.runs);
const names = Object.keys(tabs) as (keyof typeof tabs)[];

/** One flow: built, read, rehearsed, published and watched. */
export default function FlowPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const { key = '', tab = 'designer' } = useParams();
  const [params] = useSearchParams();
  const flows = useFlows();
  const parts = useInSight<HTMLElement>(tab);
  const canWrite = useCan('flow.write');
  const flow = flows.data?.find((entry) => entry.key === key);
  // A key means nothing to people; it stands where there is nothing else.
  const name = flow ? format.text(flow.name) || key : t('designer.someFlow');
  useTitle(name);
  const mine = params.get('mine') === '1' ? '?mine=1' : '';
  return (
    <div className="flow-page">
      <header className="flow-top">
        <Link className="flow-back" to="/flows" aria-label={t('designer.toList')}>
          <LeftOutlined />
        </Link>
        <h1 className="flow-h1" dir="auto" title={name}>
          {name}
        </h1>
        {flow && <StatusChip kind="flow" status={flow.status} />}
        {flow?.status === 'live' && canWrite && tab === 'designer' && (
          <span className="flow-hint">
            {t(flow.version ? 'designer.editingDraft' : 'designer.draftOnly', { version: flow.version })}
          </span>
        )}
        {(flow || !flows.data) && (
          <nav ref={parts} className="flow-tabs" aria-label={t('designer.tabs')}>
            {names.map((entry) => (
              <NavLink
                key={entry}
                end
                to={`/flows/${key}${entry === 'designer' ? '' : `/${entry}`}${entry === 'designer' || entry === 'text' ? mine : ''}`}
                className="flow-tab"
              >
                {t(`designer.tab.${entry}`)}
              </NavLink>
            ))}
          </nav>
        )}
      </header>
      {flows.error && !flows.data ? (
        <ErrorState error={flows.error} onRetry={() => flows.refetch()} />
      ) : (
        <Suspense fallback={<PageSkeleton />}>
          {tab === 'text' ? (
            <TextTab flowKey={key} mine={mine !== ''} />
          ) : tab === 'rehearsal' ? (
            <RehearsalTab flowKey={key} />
          ) : tab === 'versions' ? (
            <VersionsTab flowKey={key} />
          ) : tab === 'runs' ? (
            <RunsTab flowKey={key} />
          ) : (
            <DesignerTab flowKey={key} />
          )}
        </Suspense>
      )}
    </div>
  );
}
