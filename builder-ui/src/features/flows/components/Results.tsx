import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Empty } from '@/shared/ui/states';
import type { FlowDocument } from '../model/document';
import { countDays, type Rehearsal, type Totals, takenWays, weeks } from '../model/rehearsal';
import { Calendar } from './Calendar';
import { Picture } from './Picture';
import { HeldTable, MessageTable, TaskTable, useFlowName } from './ResultTables';
import type { Which } from './useDocuments';
import { useInspection } from './useDocuments';

const figures = ['messages', 'accounts', 'runs', 'tasks', 'merged', 'deferred', 'refused', 'parked'] as const;
type View = 'calendar' | 'messages' | 'held' | 'tasks' | 'way' | 'others';
export type Asked = {
  from: string;
  to: string;
  customer?: { id: string; name: string };
  which: Which;
  against?: Which;
};
type Props = { asked: Asked; first: Rehearsal; second?: Rehearsal; done: boolean; document?: FlowDocument };

/** What a rehearsal found: first that nobody is reminded after paying, then the figures, then each message. */
export function Results({ asked, first, second, done, document }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const inspection = useInspection(document);
  const [view, setView] = useState<View>(asked.customer ? 'way' : 'calendar');
  const [day, setDay] = useState<string>();
  const days = useMemo(() => countDays(first, format.dayOf), [first, format]);
  const otherDays = useMemo(() => (second ? countDays(second, format.dayOf) : undefined), [second, format]);
  const rows = useMemo(() => weeks(asked.from, asked.to, days), [asked, days]);
  const busiest = Object.entries(days).reduce<[string, number]>(
    (most, [date, { tasks }]) => (tasks > most[1] ? [date, tasks] : most),
    ['', 0],
  );
  const fits = (at: string) => !day || format.dayOf(at) === day;
  const stepName = (node: string) => format.text(inspection.data?.nodes[node]?.sentence) || node;
  const views: View[] = asked.customer
    ? ['way', 'messages', 'held', 'tasks', 'calendar']
    : ['calendar', 'messages', 'held', 'tasks'];
  if (first.others.length > 0) views.push('others');
  const shown = views.includes(view) ? view : views[0];
  return (
    <>
      <Proof totals={first.totals} />
      <Figures totals={first.totals} other={second?.totals} so={first} asked={asked} />
      {first.totals?.cut && <p className="rehearsal-note">{t('designer.rehearsal.cut')}</p>}
      {first.totals?.noData && first.totals.noData.length > 0 && (
        <p className="rehearsal-note">
          {t('designer.rehearsal.noData', { years: first.totals.noData.join(', ') })}
        </p>
      )}
      <Others totals={first.totals} />
      <div className="rehearsal-bar">
        <Segmented
          aria-label={t('designer.rehearsal.view')}
          value={shown}
          options={views.map((value) => ({
            value,
            label:
              value === 'calendar' || value === 'way'
                ? t(`designer.rehearsal.${value}`)
                : `${t(`designer.rehearsal.${value}`)} ${format.number(first[value].length)}`,
          }))}
          onChange={setView}
        />
        {day && shown !== 'calendar' && (
          <Button size="small" onClick={() => setDay(undefined)}>
            {t('designer.rehearsal.showDay', { date: format.date(day) })} · {t('designer.rehearsal.allDays')}
          </Button>
        )}
        {shown === 'calendar' && busiest[1] > 0 && (
          <span className="prop-help">
            {t('designer.rehearsal.load', { date: format.date(busiest[0]), count: busiest[1] })}
          </span>
        )}
      </div>
      {shown === 'calendar' ? (
        <Calendar
          weeks={rows}
          other={otherDays}
          onPick={(date) => {
            setDay(date);
            setView('messages');
          }}
        />
      ) : shown === 'way' ? (
        <Way document={document} first={first} customer={asked.customer?.name ?? ''} stepName={stepName} />
      ) : shown === 'messages' ? (
        <MessageTable rows={first.messages.filter(({ at }) => fits(at))} stepName={stepName} done={done} />
      ) : shown === 'held' ? (
        <HeldTable rows={first.held.filter(({ at }) => fits(at))} stepName={stepName} done={done} />
      ) : shown === 'others' ? (
        <MessageTable rows={first.others.filter(({ at }) => fits(at))} stepName={stepName} done={done} />
      ) : (
        <TaskTable rows={first.tasks.filter(({ at }) => fits(at))} stepName={stepName} done={done} />
      )}
    </>
  );
}

/** The one figure that must be zero. */
function Proof({ totals }: { totals?: Totals }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!totals) return null;
  const good = totals.afterPayment === 0;
  return (
    <div className={good ? 'proof proof-good' : 'proof proof-bad'} role="status">
      {good ? <CheckCircleFilled aria-hidden /> : <CloseCircleFilled aria-hidden />}
      <strong className="proof-number num">{format.number(totals.afterPayment)}</strong>
      <span>
        <strong>{t('designer.rehearsal.afterPayment')}</strong>
        <span className="proof-text">
          {t(good ? 'designer.rehearsal.afterGood' : 'designer.rehearsal.afterBad')}
        </span>
      </span>
    </div>
  );
}

function Figures({
  totals,
  other,
  so,
  asked,
}: {
  totals?: Totals;
  other?: Totals;
  so: Rehearsal;
  asked: Asked;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const early = (key: (typeof figures)[number]): number | undefined =>
    key === 'messages' ? so.messages.length : key === 'tasks' ? so.tasks.length : undefined;
  return (
    <dl className="totals">
      {figures.map((key) => {
        const value = totals?.[key] ?? early(key);
        const compared = other?.[key];
        const step = compared !== undefined && value !== undefined ? value - compared : 0;
        return (
          <div key={key} className="total">
            <dt>{t(`designer.rehearsal.total.${key}`)}</dt>
            <dd className="num">
              {value === undefined ? t('table.none') : format.number(value)}
              {asked.against && compared !== undefined && (
                <span className="total-other">
                  {t(`designer.rehearsal.${asked.against}`)} {format.number(compared)}
                  {step !== 0 && ` (${step > 0 ? '+' : '−'}${format.number(Math.abs(step))})`}
                </span>
              )}
            </dd>
          </div>
        );
      })}
    </dl>
  );
}

/** What the other live flows did meanwhile, and to this one. */
function Others({ totals }: { totals?: Totals }) {
  const { t } = useTranslation();
  const format = useFormat();
  const flowName = useFlowName();
  const others = Object.entries(totals?.others ?? {});
  if (others.length === 0) return null;
  return (
    <section className="section rehearsal-others" aria-label={t('designer.rehearsal.company')}>
      <h2 className="section-title">{t('designer.rehearsal.company')}</h2>
      <ul>
        {others.map(([key, { messages, merged, hindered }]) => (
          <li key={key} dir="auto">
            <strong>{flowName(key)}</strong>{' '}
            <span className="num">
              {[
                t('designer.rehearsal.ofItsOwn', { count: messages, number: format.number(messages) }),
                merged > 0 &&
                  t('designer.rehearsal.tookAlong', { count: merged, number: format.number(merged) }),
                hindered > 0 &&
                  t('designer.rehearsal.heldBack', { count: hindered, number: format.number(hindered) }),
              ]
                .filter(Boolean)
                .join(t('designer.comma'))}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

type WayProps = {
  document?: FlowDocument;
  first: Rehearsal;
  customer: string;
  stepName: (node: string) => string;
};

/** One customer followed through: the way on the canvas, and beside it what happens when and why. */
function Way({ document, first, customer, stepName }: WayProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const runs = useMemo(() => [...new Set(first.path.map(({ run }) => run))], [first.path]);
  const [run, setRun] = useState<string>();
  const chosen = run && runs.includes(run) ? run : runs[0];
  const path = useMemo(() => first.path.filter((step) => step.run === chosen), [first.path, chosen]);
  const numbers = useMemo(
    () =>
      new Map(first.messages.flatMap(({ items }) => items.map(({ invoice, number }) => [invoice, number]))),
    [first.messages],
  );
  const taken = useMemo(() => takenWays(path), [path]);
  const visited = useMemo(() => new Set(path.map(({ node }) => node)), [path]);
  const mark = useMemo(
    () => (id: string) => (visited.has(id) ? { mark: 'done' as const } : { dim: true }),
    [visited],
  );
  if (!document || runs.length === 0)
    return (
      <div className="section">
        <Empty title={t('designer.rehearsal.none')} />
      </div>
    );
  return (
    <div className="run-columns">
      <section className="section" aria-label={t('designer.rehearsal.paths', { name: customer })}>
        <div className="section-head">
          <h2 className="section-title" dir="auto">
            {t('designer.rehearsal.paths', { name: customer })}
          </h2>
        </div>
        {runs.length > 1 && (
          <div className="way-runs">
            {runs.slice(0, 12).map((id) => (
              <Button
                key={id}
                size="small"
                type={id === chosen ? 'primary' : 'default'}
                onClick={() => setRun(id)}
              >
                {numbers.get(id.split('/')[1] ?? '') ?? id.split('/').at(-1)}
              </Button>
            ))}
          </div>
        )}
        <ol className="run-facts">
          {path.map((step, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a path is an order
            <li key={at} className="fact-row">
              <time className="num">{format.instant(step.at)}</time>
              <div>
                <p dir="auto">
                  <strong>{t(`decision.${step.what}`)}</strong>
                  {' · '}
                  {stepName(step.node)}
                </p>
                {(step.reason || step.until) && (
                  <p className="fact-why">
                    {[
                      step.reason && format.reason(step.reason.text),
                      step.until && t('designer.run.until', { date: format.instant(step.until) }),
                    ]
                      .filter(Boolean)
                      .join(t('designer.then'))}
                  </p>
                )}
              </div>
            </li>
          ))}
        </ol>
      </section>
      <section className="section run-picture" aria-label={t('designer.run.path')}>
        <Picture label={t('designer.run.path')} document={document} mark={mark} taken={taken} />
      </section>
    </div>
  );
}
