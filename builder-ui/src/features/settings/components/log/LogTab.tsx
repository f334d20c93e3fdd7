import { Alert, Button } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useUserNames } from '@/shared/api/names';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { type Column, DataTable } from '@/shared/ui/DataTable';
import { DayInput } from '@/shared/ui/DayInput';
import { FilterBar, Pick } from '@/shared/ui/Filters';
import { Empty, errorText, NoMatch } from '@/shared/ui/states';
import { useCheckLog, useLog } from '../../api/log';
import { type Entry, type LogCheck, logKinds } from '../../model/log';
import { useLogWords } from './useLogWords';

const LogDrawer = lazy(() => import('./LogDrawer'));

/** Who changed what, and when; whether the log itself is whole. */
export function LogTab() {
  const { t } = useTranslation();
  const params = useParamState();
  const filters = {
    actor: params.get('actor'),
    object: params.get('object'),
    from: params.get('from'),
    to: params.get('to'),
  };
  const pages = useLog(filters);
  const check = useCheckLog();
  const actors = useActors(pages.rows, filters.actor);
  const columns = useColumns((seq) => params.set({ entry: String(seq) }));
  const { kind } = useLogWords();
  const kinds = [...new Set([...logKinds, ...(filters.object ? [filters.object] : [])])];
  const entry = Number(params.get('entry'));

  return (
    <>
      <div className="log-head">
        <p className="list-sub">{t('log.lead')}</p>
        <Button loading={check.isPending} onClick={() => check.mutate()}>
          {t('log.check')}
        </Button>
      </div>
      <div aria-live="polite">
        {check.data && <Found report={check.data} />}
        {check.error && (
          <Alert className="log-found" type="error" showIcon title={errorText(check.error, t).text} />
        )}
      </div>
      <FilterBar>
        <Pick
          label={t('log.who')}
          value={filters.actor}
          options={actors}
          onChange={(actor) => params.set({ actor })}
        />
        <Pick
          label={t('log.kind')}
          value={filters.object}
          options={kinds.map((value) => ({ value, label: kind(value) }))}
          onChange={(object) => params.set({ object })}
        />
        {(['from', 'to'] as const).map((side) => (
          <DayInput
            key={side}
            className="log-day"
            aria-label={t(`log.${side}`)}
            placeholder={t(`log.${side}`)}
            value={filters[side]}
            onChange={(day) => params.set({ [side]: day })}
          />
        ))}
      </FilterBar>
      <DataTable<Entry>
        label={t('settings.log')}
        columns={columns}
        rows={pages.rows}
        rowKey={({ seq }) => String(seq)}
        pages={pages}
        onOpen={({ seq }) => params.set({ entry: String(seq) })}
        empty={
          Object.values(filters).some(Boolean) ? (
            <NoMatch onClear={() => params.set({ actor: '', object: '', from: '', to: '' })} />
          ) : (
            <Empty title={t('log.none')} text={t('log.noneText')} />
          )
        }
      />
      <Suspense fallback={null}>
        {entry > 0 && (
          <LogDrawer
            key={entry}
            seq={entry}
            known={pages.rows.find(({ seq }) => seq === entry)}
            onClose={() => params.set({ entry: undefined })}
          />
        )}
      </Suspense>
    </>
  );
}

/** The people of the workspace, and whoever else is in what has been read: keys, and parts of the product. */
function useActors(rows: Entry[], chosen?: string) {
  const names = useUserNames();
  const { who } = useLogWords();
  const options = new Map((names.data ?? []).map(({ id, name }) => [id, name]));
  for (const row of rows) if (row.actor && !options.has(row.actor)) options.set(row.actor, who(row));
  if (chosen && !options.has(chosen)) options.set(chosen, chosen);
  return [...options].map(([value, label]) => ({ value, label }));
}

function Found({ report }: { report: LogCheck }) {
  const { t } = useTranslation();
  const { ok, entries, hash, taken = 0, at, problem } = report;
  return (
    <Alert
      className="log-found"
      type={ok ? 'success' : 'error'}
      showIcon
      title={ok ? t('log.sound', { count: entries }) : t('log.broken.title', { at })}
      description={
        <>
          {!ok && <p>{t(`log.broken.${problem}`, { defaultValue: problem })}</p>}
          {taken > 0 && <p>{t('log.soundTaken', { count: taken })}</p>}
          {ok && hash && <p className="log-hash">{t('log.soundHash', { hash })}</p>}
        </>
      }
    />
  );
}

function useColumns(open: (seq: number) => void): Column<Entry>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { who, what } = useLogWords();
  return [
    {
      key: 'at',
      title: t('log.when'),
      width: 170,
      render: (entry) => (
        <span className="cell-stack">
          <button
            type="button"
            className="row-title row-button num"
            data-row-link
            onClick={() => open(entry.seq)}
          >
            {format.instant(entry.at)}
          </button>
          <span className="cell-sub only-phone">{who(entry)}</span>
        </span>
      ),
    },
    { key: 'who', title: t('log.who'), hide: 'phone', render: who },
    {
      key: 'what',
      title: t('log.what'),
      render: (entry) => <span className="log-what">{what(entry)}</span>,
    },
    {
      key: 'addr',
      title: t('log.addr'),
      hide: 'narrow',
      render: ({ addr }) =>
        addr ? <span className="num">{addr}</span> : <span className="cell-none">{t('table.none')}</span>,
    },
  ];
}
