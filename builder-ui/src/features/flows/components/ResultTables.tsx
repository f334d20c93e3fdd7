// biome-ignore-all lint/a11y/useFocusableInteractive: rows of a table that is only read take no focus
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFlowNames } from '@/shared/api/flows';
import { useFormat } from '@/shared/lib/useFormat';
import { useTemplateNames } from '@/shared/lib/useTemplateNames';
import { Chip } from '@/shared/ui/Chip';
import { Empty, Lines } from '@/shared/ui/states';
import type { Held, RehearsedMessage, RehearsedTask } from '../model/rehearsal';

type Column<T> = {
  key: string;
  title: string;
  width: string;
  right?: boolean;
  render: (row: T) => ReactNode;
};
type Props<T> = { rows: T[]; columns: Column<T>[]; label: string; done: boolean };

const rowHeight = 56;

/** A table of any length: only the rows in sight are drawn. */
function VirtualTable<T>({ rows, columns, label, done }: Props<T>) {
  const { t } = useTranslation();
  const box = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => rowHeight,
    overscan: 8,
  });
  if (rows.length === 0)
    return (
      <div className="section">
        {done ? <Empty title={t('designer.rehearsal.none')} /> : <Lines rows={5} />}
      </div>
    );
  const template = columns.map(({ width }) => width).join(' ');
  return (
    <div className="section vtable-box" ref={box} tabIndex={0} role="region" aria-label={label}>
      <div className="vtable" role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div role="rowgroup" className="vtable-head">
          <div role="row" className="vrow" style={{ gridTemplateColumns: template }} aria-rowindex={1}>
            {columns.map(({ key, title, right }) => (
              <span key={key} role="columnheader" className={right ? 'vcell-right' : undefined}>
                {title}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map(({ index, start }) => (
            <div
              key={index}
              role="row"
              aria-rowindex={index + 2}
              className="vrow vrow-body"
              style={{
                gridTemplateColumns: template,
                transform: `translateY(${start}px)`,
                height: rowHeight,
              }}
            >
              {columns.map(({ key, render }) => (
                <span key={key} role="cell" className="vcell">
                  {render(rows[index] as T)}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

type TableProps<T> = { rows: T[]; stepName: (node: string) => string; done: boolean };

/** Every table of a rehearsal begins with when, and whom. */
function useFirstColumns(): Column<{ at: string; customer: string; name: string; number?: string }>[] {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    {
      key: 'when',
      title: t('designer.rehearsal.when'),
      width: 'var(--vtable-when, 156px)',
      render: ({ at }) => <time className="num vcell-whole">{format.instant(at)}</time>,
    },
    {
      key: 'whom',
      title: t('designer.rehearsal.whom'),
      width: 'minmax(var(--vtable-whom, 160px), 1.2fr)',
      render: ({ customer, name, number }) => (
        <>
          <Link className="row-title vcell-line" to={`/customers/${customer}`} dir="auto">
            {name}
          </Link>
          {number && <span className="cell-sub num vcell-line">{number}</span>}
        </>
      ),
    },
  ];
}

/** Names a flow by its key. */
export function useFlowName(): (key: string) => string {
  const flows = useFlowNames();
  const format = useFormat();
  return (key) => format.text(flows.data?.find((flow) => flow.key === key)?.name) || key;
}

/** Messages of the rehearsed flow, or of those that played along. */
export function MessageTable({ rows, stepName, done }: TableProps<RehearsedMessage>) {
  const { t } = useTranslation();
  const format = useFormat();
  const templates = useTemplateNames();
  const flowName = useFlowName();
  const item = ({ number, dpd }: RehearsedMessage['items'][number]) =>
    dpd < 0
      ? t('designer.rehearsal.itemDue', { number, days: -dpd })
      : t('designer.rehearsal.item', { number, dpd });
  const columns: Column<RehearsedMessage>[] = [
    ...useFirstColumns(),
    {
      key: 'what',
      title: t('designer.rehearsal.what'),
      width: 'minmax(160px, 1.2fr)',
      render: ({ template, items, with: others }) => (
        <>
          <span className="vcell-line">{templates.get(template) ?? template}</span>
          {others && others.length > 0 ? (
            <span className="cell-sub vcell-line">
              {t('designer.rehearsal.takesAlong', { flows: others.map(flowName).join(t('designer.comma')) })}
            </span>
          ) : (
            items.length > 1 && (
              <span className="cell-sub">{t('designer.rehearsal.mergedItems', { count: items.length })}</span>
            )
          )}
        </>
      ),
    },
    {
      key: 'why',
      title: t('designer.rehearsal.why'),
      width: 'minmax(180px, 1.6fr)',
      render: ({ items, node, flow }) => (
        <>
          <span className="vcell-line num">{items[0] && item(items[0])}</span>
          <span className="cell-sub vcell-line" dir="auto" title={flow ? flowName(flow) : stepName(node)}>
            {flow ? flowName(flow) : stepName(node)}
          </span>
        </>
      ),
    },
    {
      key: 'amount',
      title: t('designer.rehearsal.amount'),
      width: '140px',
      right: true,
      render: ({ amount, currency }) => (
        <span className="num vcell-right">{format.money(amount, currency)}</span>
      ),
    },
  ];
  return <VirtualTable rows={rows} columns={columns} label={t('designer.rehearsal.messages')} done={done} />;
}

/** Reasons that pass by themselves: a flow beside one of them has used up the budget beyond it. */
const timely = new Set(['window', 'calendar', 'quiet', 'working', 'spread', 'afterTalk']);

export function HeldTable({ rows, stepName, done }: TableProps<Held>) {
  const { t } = useTranslation();
  const format = useFormat();
  const flowName = useFlowName();
  const why = ({ what, reason, by }: Held) => {
    const said = format.reason(reason?.text);
    if (!by) return said;
    const flow = flowName(by);
    if (what === 'merged') return t('designer.rehearsal.mergedInto', { flow });
    if (reason?.key === 'budget') return t('designer.rehearsal.budgetBy', { flow });
    if (reason && timely.has(reason.key)) return t('designer.rehearsal.thenBudgetBy', { reason: said, flow });
    return t('designer.rehearsal.heldBy', { reason: said, flow });
  };
  const columns: Column<Held>[] = [
    ...useFirstColumns(),
    {
      key: 'what',
      title: t('designer.rehearsal.what'),
      width: '160px',
      render: ({ what }) => (
        <Chip tone={what === 'refused' ? 'amber' : 'neutral'}>
          {t(`designer.rehearsal.heldWhat.${what}`, { defaultValue: what })}
        </Chip>
      ),
    },
    {
      key: 'why',
      title: t('designer.rehearsal.why'),
      width: 'minmax(180px, 1.6fr)',
      render: (row) => (
        <>
          <span className="vcell-line" dir="auto">
            {why(row)}
          </span>
          <span className="cell-sub vcell-line" title={stepName(row.node)}>
            {stepName(row.node)}
          </span>
        </>
      ),
    },
    {
      key: 'until',
      title: t('designer.rehearsal.until'),
      width: '156px',
      render: ({ until }) => (
        <span className="num vcell-whole">{until ? format.instant(until) : t('table.none')}</span>
      ),
    },
  ];
  return <VirtualTable rows={rows} columns={columns} label={t('designer.rehearsal.held')} done={done} />;
}

export function TaskTable({ rows, stepName, done }: TableProps<RehearsedTask>) {
  const { t } = useTranslation();
  const format = useFormat();
  const named = rows.map((row) => ({ ...row, number: format.few(row.numbers ?? []) }));
  const columns: Column<(typeof named)[number]>[] = [
    ...useFirstColumns(),
    {
      key: 'what',
      title: t('designer.rehearsal.what'),
      width: 'minmax(200px, 2fr)',
      render: ({ title }) => <span className="vcell-line">{format.text(title)}</span>,
    },
    {
      key: 'why',
      title: t('designer.rehearsal.why'),
      width: 'minmax(180px, 1.6fr)',
      render: ({ node }) => <span className="cell-sub vcell-two">{stepName(node)}</span>,
    },
  ];
  return <VirtualTable rows={named} columns={columns} label={t('designer.rehearsal.tasks')} done={done} />;
}
