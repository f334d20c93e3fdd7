import '../texts';
import { useQuery } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import { useCan } from '@/shared/api/session';
import type { MessageStatus, Reason, Run, Text } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { StatusChip } from '@/shared/ui/Chip';
import { Page, Section } from '@/shared/ui/Page';
import { RunActions } from '@/shared/ui/RunActions';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import type { FlowDocument } from '../model/document';
import { takenWays } from '../model/rehearsal';
import { Picture } from './Picture';

type Fact = {
  at: string;
  node: string;
  what: string;
  reason?: Reason;
  port?: string;
  until?: string;
  key?: string;
  sentence: Text;
};
type RunDetail = {
  run: Run;
  document: FlowDocument;
  hash: string;
  steps: Fact[];
  messages: { id: string; at: string; status: MessageStatus; channel: string; subject: string }[];
};

/** One run: what happened at each step and why, its messages, and the way it took. */
export default function RunPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const id = params.get('id') ?? '';
  const run = useQuery({
    queryKey: [...keys.runs, 'one', id],
    queryFn: () => api.get<RunDetail>('/run', { id }),
    enabled: id !== '',
  });
  if (!id)
    return (
      <Page title={t('nav.runs')}>
        <Empty title={t('designer.run.missing')} action={<Link to="/runs">{t('nav.runs')}</Link>} />
      </Page>
    );
  if (run.error && !run.data)
    return (
      <Page title={t('nav.runs')}>
        <ErrorState error={run.error} onRetry={() => run.refetch()} />
      </Page>
    );
  if (!run.data)
    return (
      <Page title={t('nav.runs')}>
        <div className="section">
          <Lines rows={8} />
        </div>
      </Page>
    );
  return <Loaded detail={run.data} />;
}

function Loaded({ detail }: { detail: RunDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canControl = useCan('run.control');
  const canWrite = useCan('flow.write');
  const { run, steps, messages, document } = detail;
  const whyDay = format.dayOf(steps.at(-1)?.at ?? run.startedAt);
  const flowName = format.text(run.flow.name) || run.flow.key;
  const visited = useMemo(() => new Set(steps.map(({ node }) => node)), [steps]);
  const taken = useMemo(() => takenWays(steps.map((step) => ({ ...step, run: '' }))), [steps]);
  const mark = useCallback(
    (id: string) => {
      if (id === run.node && run.status !== 'done')
        return {
          mark: run.status === 'parked' ? ('parked' as const) : ('here' as const),
          badge:
            run.wakeAt && run.status === 'active' ? (
              <span className="badge-wake">
                {t('designer.run.now', { date: format.instant(run.wakeAt) })}
              </span>
            ) : (
              <span className={run.status === 'parked' ? 'badge-parked' : 'badge-runs'}>
                {t(`status.run.${run.status}`)}
              </span>
            ),
        };
      return visited.has(id) ? { mark: 'done' as const } : { dim: true };
    },
    [run, visited, t, format],
  );
  return (
    <Page
      wide
      title={t('designer.run.title', { name: run.subject.label })}
      sub={
        <>
          <Link to={`/customers/${run.customer.id}`} dir="auto">
            {run.customer.name}
          </Link>
          {' · '}
          <Link to={`/flows/${run.flow.key}`}>
            {t('designer.run.version', { flow: flowName, version: run.version })}
          </Link>
          {' · '}
          {t('designer.run.startedAt', { date: format.instant(run.startedAt) })}
        </>
      }
      actions={
        <>
          <StatusChip kind="run" status={run.status} />
          {canControl && <RunActions run={run} />}
        </>
      }
    >
      {run.status === 'parked' && (
        <div className="parked-note" role="status">
          <strong>{t('designer.run.parked')}</strong>
          {run.reason && <span>{format.reason(run.reason.text)}</span>}
          <span>{t('designer.run.parkedText')}</span>
          {canWrite && (
            <Link to={`/flows/${run.flow.key}?step=${encodeURIComponent(run.node)}`}>
              {t('designer.run.fix')}
            </Link>
          )}
        </div>
      )}
      <div className="run-columns">
        <div className="column-main">
          <Section
            title={t('designer.run.facts')}
            extra={<Link to={`/customers/${run.customer.id}?why=${whyDay}`}>{t('designer.run.why')}</Link>}
          >
            {steps.length === 0 ? (
              <Empty small title={t('designer.run.noFacts')} />
            ) : (
              <ol className="run-facts">
                {steps.map((fact, at) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: facts are only ever added at the end
                  <li key={at} className={fact.what === 'parked' ? 'fact-row fact-parked' : 'fact-row'}>
                    <time className="num" dateTime={fact.at}>
                      {format.instant(fact.at)}
                    </time>
                    <div>
                      <p>
                        <strong>{t(`decision.${fact.what}`)}</strong>
                        {' · '}
                        <span dir="auto">{format.text(fact.sentence) || fact.node}</span>
                      </p>
                      {(fact.reason || fact.until) && (
                        <p className="fact-why">
                          {[
                            fact.reason && format.reason(fact.reason.text),
                            fact.until && t('designer.run.until', { date: format.instant(fact.until) }),
                          ]
                            .filter(Boolean)
                            .join(t('designer.then'))}
                        </p>
                      )}
                    </div>
                  </li>
                ))}
              </ol>
            )}
          </Section>
          <Section title={t('designer.run.messages')} count={messages.length || undefined}>
            {messages.length === 0 ? (
              <Empty small title={t('designer.run.noMessages')} />
            ) : (
              messages.map((message) => (
                <div key={message.id} className="list-row">
                  <div className="list-body">
                    <Link className="row-title" to={`/inbox/${encodeURIComponent(message.id)}`} dir="auto">
                      {message.subject || message.channel}
                    </Link>
                    <p className="list-sub num">{format.instant(message.at)}</p>
                  </div>
                  <StatusChip kind="message" status={message.status} />
                </div>
              ))
            )}
          </Section>
        </div>
        <section className="section run-picture" aria-label={t('designer.run.path')}>
          <Picture
            label={t('designer.run.path')}
            document={document}
            mark={mark}
            taken={taken}
            selected={run.node}
          />
        </section>
      </div>
    </Page>
  );
}
