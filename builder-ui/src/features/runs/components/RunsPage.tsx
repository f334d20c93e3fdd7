import { Button } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFlowNames } from '@/shared/api/flows';
import { keys, usePages } from '@/shared/api/query';
import { useCan } from '@/shared/api/session';
import type { Run, RunAction } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { StatusChip } from '@/shared/ui/Chip';
import { type Column, DataTable } from '@/shared/ui/DataTable';
import { FilterBar, Pick } from '@/shared/ui/Filters';
import { Page } from '@/shared/ui/Page';
import { RunActions } from '@/shared/ui/RunActions';
import { Empty, NoMatch } from '@/shared/ui/states';
import { useRunControl } from '@/shared/ui/useRunControl';

const statuses = ['open', 'active', 'paused', 'parked', 'done', 'all'];
const bulkActions: RunAction[] = ['runNow', 'pause', 'resume', 'retry', 'skip', 'stop'];
const mostAtOnce = 500;

export default function RunsPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const params = useParamState();
  const flows = useFlowNames();
  const canControl = useCan('run.control');
  const { act, busy } = useRunControl();
  const [selected, setSelected] = useState<Set<string>>(new Set());
  // What is over only comes when asked for.
  const status = params.get('status') ?? 'open';
  const flow = params.get('flow');
  const pages = usePages<Run>(keys.runs, '/runs', { status: status === 'all' ? undefined : status, flow });
  const columns = useColumns(canControl);
  const chosen = pages.rows.filter(({ id }) => selected.has(id)).map(({ id }) => id);

  return (
    <Page title={t('nav.runs')} sub={t('run.sub')} wide>
      <FilterBar>
        <Pick
          label={t('field.status')}
          value={status}
          onChange={(value) => params.set({ status: value })}
          options={statuses.map((value) => ({ value, label: t(`status.run.${value}`) }))}
        />
        <Pick
          label={t('run.flow')}
          value={flow}
          onChange={(value) => params.set({ flow: value })}
          options={(flows.data ?? []).map(({ key, name }) => ({
            value: key,
            label: format.text(name) || key,
          }))}
        />
      </FilterBar>
      {chosen.length > 0 && (
        <section className="bulk" aria-label={t('run.bulk')}>
          <span role="status">{t('run.chosen', { count: chosen.length })}</span>
          {bulkActions.map((action) => (
            <Button
              key={action}
              size="small"
              danger={action === 'stop'}
              disabled={busy || chosen.length > mostAtOnce}
              onClick={() => act(chosen, action)}
            >
              {t(`run.action.${action}`)}
            </Button>
          ))}
          <Button size="small" type="text" onClick={() => setSelected(new Set())}>
            {t('run.unselect')}
          </Button>
        </section>
      )}
      <DataTable<Run>
        label={t('nav.runs')}
        columns={columns}
        rows={pages.rows}
        rowKey={({ id }) => id}
        pages={pages}
        selection={
          canControl
            ? {
                selected,
                onChange: setSelected,
                label: (id) =>
                  t('run.select', { name: pages.rows.find((run) => run.id === id)?.subject.label }),
              }
            : undefined
        }
        empty={
          params.any ? (
            <NoMatch onClear={() => params.set({ status: '', flow: '' })} />
          ) : (
            <Empty
              title={t('run.none')}
              text={t('run.noneText')}
              action={<Link to="/flows">{t('run.toFlows')}</Link>}
            />
          )
        }
      />
    </Page>
  );
}

function useColumns(canControl: boolean): Column<Run>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return useMemo(() => {
    const outcome = (run: Run) =>
      run.outcome ? t(`outcome.${run.outcome}`, { defaultValue: run.outcome }) : t('table.none');
    const columns: Column<Run>[] = [
      {
        key: 'subject',
        title: t('run.subject'),
        width: 250,
        render: (run) => (
          <span className="cell-stack">
            <Link className="row-title" to={`/customers/${run.customer.id}`} data-row-link>
              {run.customer.name}
            </Link>
            <Link className="cell-sub cell-link num" to={`/runs/view?id=${encodeURIComponent(run.id)}`}>
              {run.subject.label}
            </Link>
          </span>
        ),
      },
      {
        key: 'status',
        title: t('field.status'),
        render: (run) => <StatusChip kind="run" status={run.status} />,
      },
      {
        key: 'now',
        title: t('run.now'),
        hide: 'phone',
        render: (run) => (
          <span className="cell-stack cell-wrap">
            {run.status === 'done' ? (
              <span className="list-dim">{format.reason(run.reason?.text) || outcome(run)}</span>
            ) : (
              <>
                <span>{format.text(run.sentence)}</span>
                {run.reason && <span className="cell-sub cell-reason">{format.reason(run.reason.text)}</span>}
              </>
            )}
          </span>
        ),
      },
      {
        key: 'wake',
        title: t('run.wakeAt'),
        hide: 'narrow',
        width: 150,
        render: (run) =>
          run.wakeAt && run.status === 'active' ? (
            <time className="num" dateTime={run.wakeAt}>
              {format.instant(run.wakeAt)}
            </time>
          ) : (
            <span className="cell-none">{t('table.none')}</span>
          ),
      },
      {
        key: 'flow',
        title: t('run.flow'),
        hide: 'medium',
        render: (run) => (
          <span className="cell-sub">
            {format.text(run.flow.name) || run.flow.key} ·{' '}
            <span className="cell-whole">{t('flow.version', { version: run.version })}</span>
          </span>
        ),
      },
    ];
    if (canControl)
      columns.push({
        key: 'actions',
        title: <span className="sr-only">{t('table.actions')}</span>,
        align: 'right',
        hide: 'phone',
        width: 140,
        render: (run) => <RunActions run={run} />,
      });
    return columns;
  }, [t, format, canControl]);
}
