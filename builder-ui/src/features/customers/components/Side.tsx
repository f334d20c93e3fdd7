import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useServerNow } from '@/shared/api/clock';
import { useOwnerName } from '@/shared/api/names';
import { useCommand } from '@/shared/api/records';
import { useCan } from '@/shared/api/session';
import type { CustomerPage, Run } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { TierFacts } from '@/shared/tier/TierFacts';
import { StatusChip } from '@/shared/ui/Chip';
import { Money } from '@/shared/ui/Money';
import { Fact, Section } from '@/shared/ui/Page';
import { RunActions } from '@/shared/ui/RunActions';
import { CustomFacts } from '@/shared/ui/record/CustomFacts';
import { Empty, errorText } from '@/shared/ui/states';
import type { Action } from './ActionDrawers';
import { Contacts } from './Contacts';

type Props = { page: CustomerPage; runs: Run[]; onAction: (action: Action) => void };

export function Side({ page, runs, onAction }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <Details page={page} onAction={onAction} />
      <Contacts page={page} />
      <TierFacts
        customer={page.record.id}
        frame={(facts) => (
          <Section title={t('customer.tier')} className="side-tier">
            {facts}
          </Section>
        )}
      />
      <Promises page={page} />
      <Runs runs={runs} />
    </>
  );
}

function Details({ page, onAction }: Omit<Props, 'runs'>) {
  const { t } = useTranslation();
  const format = useFormat();
  const canWrite = useCan('account.write');
  const { data } = page.record;
  const { contacts } = page.account;
  const owner = useOwnerName(page.record);
  const now = useServerNow(60_000) ?? 0;
  const dateIsAhead = (instant: string) => Date.parse(instant) > now;
  const none = <span className="cell-none">{t('table.none')}</span>;
  return (
    <Section
      title={t('customer.details')}
      extra={
        canWrite && (
          <Button size="small" type="text" onClick={() => onAction({ kind: 'edit' })}>
            {t('action.edit')}
          </Button>
        )
      }
    >
      <dl className="facts">
        <Fact label={t('customer.owner')}>{owner || none}</Fact>
        <Fact label={t('field.email')}>{data.email || none}</Fact>
        <Fact label={t('field.phone')}>{data.phone ? <span className="num">{data.phone}</span> : none}</Fact>
        <Fact label={t('customer.language')}>{data.language ? t(`langName.${data.language}`) : none}</Fact>
        <Fact label={t('customer.lastContact')}>
          {contacts.last ? <span className="num">{format.instant(contacts.last)}</span> : none}
        </Fact>
        {contacts.budget && (
          <Fact label={t('customer.budget')}>
            {t('customer.budgetOf', {
              count: contacts.budget.max,
              per: t(`unit.${contacts.budget.per.unit}`, {
                count: contacts.budget.per.value,
                defaultValue: contacts.budget.per.unit,
              }),
            })}
            {contacts.nextAllowed && dateIsAhead(contacts.nextAllowed) && (
              <span className="fact-sub">
                {t('customer.nextAllowed', { date: format.instant(contacts.nextAllowed) })}
              </span>
            )}
          </Fact>
        )}
        {contacts.nextCall && (
          <Fact label={t('customer.nextCall')}>
            <span className="num">{format.date(contacts.nextCall)}</span>
          </Fact>
        )}
        {data.note && <Fact label={t('field.note')}>{data.note}</Fact>}
        <CustomFacts form="customer" data={data} />
      </dl>
    </Section>
  );
}

function Promises({ page }: { page: CustomerPage }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canWrite = useCan('account.write');
  const command = useCommand(page.record.id);
  const { message, modal } = App.useApp();
  const { promises } = page.account;
  const ask = (promise: string, amount: string) =>
    modal.confirm({
      title: t('promise.cancelTitle', { amount }),
      content: t('promise.cancelText'),
      okText: t('promise.cancel'),
      cancelText: t('action.back'),
      icon: null,
      onOk: () =>
        command
          .mutateAsync({ type: 'promise.cancel', promise })
          .catch((error) => message.error(errorText(error, t).text)),
    });
  if (promises.length === 0) return null;
  return (
    <Section title={t('promise.title')} count={promises.length}>
      <ul className="list">
        {promises.map((promise) => (
          <li key={promise.id} className="list-row">
            <div className="list-body">
              <div className="list-line">
                <Money amount={promise.amount} currency={promise.currency} />
              </div>
              <div className="list-sub">{t('promise.by', { date: format.date(promise.date) })}</div>
            </div>
            <div className="list-actions">
              {promise.status === 'open' && canWrite ? (
                <Button
                  size="small"
                  loading={command.isPending}
                  onClick={() => ask(promise.id, format.money(promise.amount, promise.currency))}
                >
                  {t('promise.cancel')}
                </Button>
              ) : (
                <StatusChip kind="promise" status={promise.status} />
              )}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

const first = 5;
const rank = { parked: 0, paused: 1, active: 2, done: 3 };

/** What needs somebody comes first, then what acts soonest. */
const byUrgency = (a: Run, b: Run) =>
  rank[a.status] - rank[b.status] || (a.wakeAt ?? '').localeCompare(b.wakeAt ?? '');

function Runs({ runs }: { runs: Run[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canControl = useCan('run.control');
  const [all, setAll] = useState(false);
  const sorted = runs.toSorted(byUrgency);
  const shown = all ? sorted : sorted.slice(0, first);
  return (
    <Section title={t('nav.runs')} count={runs.length}>
      {runs.length === 0 ? (
        <Empty small title={t('run.noneHere')} text={t('run.noneHereText')} />
      ) : (
        <ul className="list">
          {shown.map((run) => (
            <li key={run.id} className="list-row list-row-top">
              <div className="list-body">
                <div className="list-line">
                  <span className="row-title num">{run.subject.label}</span>{' '}
                  <StatusChip kind="run" status={run.status} />
                </div>
                <div className="list-sub run-sub">
                  {run.status === 'done'
                    ? t('run.endedBy', {
                        reason:
                          format.text(run.reason?.text) ||
                          t(`outcome.${run.outcome}`, { defaultValue: run.outcome ?? '' }),
                      })
                    : format.reason(run.reason?.text) || format.text(run.sentence)}
                </div>
                <div className="list-sub list-dim">
                  {format.text(run.flow.name) || run.flow.key}
                  {run.wakeAt && run.status === 'active' && (
                    <>
                      {' · '}
                      {t('run.wakes', { date: format.instant(run.wakeAt) })}
                    </>
                  )}
                </div>
              </div>
              {canControl && (
                <div className="list-actions">
                  <RunActions run={run} />
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      {sorted.length > first && (
        <div className="table-foot">
          <Button size="small" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t('run.fewer') : t('run.allOf', { count: sorted.length })}
          </Button>
        </div>
      )}
    </Section>
  );
}
