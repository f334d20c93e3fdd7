import { App, Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import type { PlannedContact, Today } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { useTemplateNames } from '@/shared/lib/useTemplateNames';
import { Chip, StatusChip } from '@/shared/ui/Chip';
import { Money } from '@/shared/ui/Money';
import { Section } from '@/shared/ui/Page';
import { RunActions } from '@/shared/ui/RunActions';
import { Empty, errorText } from '@/shared/ui/states';
import { useResolveMessage } from '../api/today';

export function CustomerLink({ customer }: { customer: { id: string; name: string } }) {
  return (
    <Link className="row-title" to={`/customers/${customer.id}`}>
      {customer.name}
    </Link>
  );
}

type RowProps = {
  title: ReactNode;
  sub?: ReactNode;
  aside?: ReactNode;
  asideSub?: ReactNode;
  actions?: ReactNode;
};

export function ListRow({ title, sub, aside, asideSub, actions }: RowProps) {
  return (
    <li className="list-row">
      <div className="list-body">
        <div className="list-line">{title}</div>
        {sub && <div className="list-sub">{sub}</div>}
      </div>
      {(aside || asideSub) && (
        <div className="list-aside">
          {aside && <div>{aside}</div>}
          {asideSub && <div className="list-sub">{asideSub}</div>}
        </div>
      )}
      {actions && <div className="list-actions">{actions}</div>}
    </li>
  );
}

type ListProps = {
  title: string;
  count: number;
  shown: number;
  empty: string;
  emptyText?: string;
  all?: string;
  children: ReactNode;
};

export function ListSection({ title, count, shown, empty, emptyText, all, children }: ListProps) {
  const { t } = useTranslation();
  return (
    <Section
      title={title}
      count={count}
      extra={
        all && count > shown ? (
          <Link to={all} aria-label={t('today.seeAllOf', { title })}>
            {t('today.seeAll')}
          </Link>
        ) : undefined
      }
    >
      {shown === 0 ? <Empty small title={empty} text={emptyText} /> : <ul className="list">{children}</ul>}
    </Section>
  );
}

/** One row per customer, however many flows turn to them. */
function groupByCustomer(planned: PlannedContact[]): Map<string, PlannedContact[]> {
  const groups = new Map<string, PlannedContact[]>();
  for (const contact of planned) {
    const group = groups.get(contact.customer.id);
    if (group) group.push(contact);
    else groups.set(contact.customer.id, [contact]);
  }
  return groups;
}

export function PlannedList({ today }: { today: Today }) {
  const { t } = useTranslation();
  const byCustomer = groupByCustomer(today.planned);
  const format = useFormat();
  return (
    <ListSection
      title={t('today.planned')}
      count={today.counts.planned}
      shown={today.planned.length}
      empty={t('today.plannedEmpty')}
      emptyText={t('today.plannedEmptyText')}
      all="/runs?status=active"
    >
      {[...byCustomer].map(([id, contacts]) => {
        const [first] = contacts;
        if (!first) return null;
        return (
          <ListRow
            key={id}
            title={<CustomerLink customer={first.customer} />}
            sub={contacts.map((contact) => (
              <div key={`${contact.at}${contact.flow.key}${contact.sentence.en}`} className="planned-step">
                <time className="num" dateTime={contact.at}>
                  {format.time(contact.at)}
                </time>
                <span>
                  {format.text(contact.flow.name) || contact.flow.key}
                  <span className="list-dim"> · {format.text(contact.sentence)}</span>
                </span>
              </div>
            ))}
            aside={<Money amount={first.amount} currency={first.currency} />}
            asideSub={t('today.items', { count: first.items })}
          />
        );
      })}
    </ListSection>
  );
}

export function SentList({ today }: { today: Today }) {
  const { t } = useTranslation();
  const templates = useTemplateNames();
  const format = useFormat();
  return (
    <ListSection
      title={t('today.sent')}
      count={today.counts.sentToday}
      shown={today.sentToday.length}
      empty={t('today.sentEmpty')}
      all="/inbox"
    >
      {today.sentToday.map((message) => (
        <ListRow
          key={message.id}
          title={<CustomerLink customer={message.customer} />}
          sub={
            <>
              <Link className="list-link" to={`/inbox/${message.id}`}>
                {message.subject}
              </Link>
              {message.flow && (
                <span className="list-dim">
                  {t('today.becauseFlow', {
                    flow: format.text(message.flow.name) || message.flow.key,
                    step: templates.get(message.template ?? '') ?? '',
                  })}
                </span>
              )}
            </>
          }
          aside={<Money amount={message.amount} currency={message.currency} />}
          asideSub={
            <span className="inline">
              <time className="num" dateTime={message.at}>
                {format.time(message.at)}
              </time>
              <StatusChip kind="message" status={message.status} />
            </span>
          }
        />
      ))}
    </ListSection>
  );
}

export function HeldList({ today }: { today: Today }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ListSection
      title={t('today.held')}
      count={today.counts.held}
      shown={today.held.length}
      empty={t('today.heldEmpty')}
    >
      {today.held.map((held) => {
        const until = held.until ?? held.reason.until;
        return (
          <ListRow
            key={`${held.customer.id}${held.reason.key}`}
            title={<CustomerLink customer={held.customer} />}
            sub={format.reason(held.reason.text)}
            aside={
              <Chip tone="amber">{t(`reason.${held.reason.key}`, { defaultValue: t('reason.other') })}</Chip>
            }
            asideSub={
              until &&
              t('today.until', { date: until.length > 10 ? format.instant(until) : format.date(until) })
            }
          />
        );
      })}
    </ListSection>
  );
}

export function ParkedList({ today }: { today: Today }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (today.parked.length === 0) return null;
  return (
    <ListSection
      title={t('today.parked')}
      count={today.counts.parked}
      shown={today.parked.length}
      empty=""
      all="/runs?status=parked"
    >
      {today.parked.map((run) => (
        <ListRow
          key={run.id}
          title={<CustomerLink customer={run.customer} />}
          sub={
            <>
              <span className="num">{run.subject.label}</span> ·{' '}
              {format.reason(run.reason?.text) || format.text(run.sentence)}
            </>
          }
          actions={<RunActions run={run} />}
        />
      ))}
    </ListSection>
  );
}

export function PromiseList({ today }: { today: Today }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ListSection
      title={t('today.promises')}
      count={today.counts.promises}
      shown={today.promises.length}
      empty={t('today.promisesEmpty')}
    >
      {today.promises.map((promise) => (
        <ListRow
          key={promise.id}
          title={<CustomerLink customer={promise.customer} />}
          sub={t('today.promisedFor', {
            date: format.date(promise.date),
            when: format.relative(promise.date),
          })}
          aside={<Money amount={promise.amount} currency={promise.currency} />}
          asideSub={promise.status !== 'open' && <StatusChip kind="promise" status={promise.status} />}
        />
      ))}
    </ListSection>
  );
}

export function UnknownList({ today }: { today: Today }) {
  const { t } = useTranslation();
  const { message: toast } = App.useApp();
  const canReview = useCan('message.review');
  const resolve = useResolveMessage();
  if (today.unknown.length === 0) return null;
  const settle = (id: string, as: 'sent' | 'failed') =>
    resolve.mutate(
      { id, as },
      {
        onSuccess: () => toast.success(t('today.unknownResolved')),
        onError: (error) => toast.error(errorText(error, t).text),
      },
    );
  return (
    <ListSection
      title={t('today.unknown')}
      count={today.counts.unknown}
      shown={today.unknown.length}
      empty=""
    >
      {today.unknown.map((message) => (
        <ListRow
          key={message.id}
          title={<CustomerLink customer={message.customer} />}
          sub={
            <Link className="list-link" to={`/inbox/${message.id}`}>
              {message.subject}
            </Link>
          }
          actions={
            canReview && (
              <span className="row-actions">
                <Button size="small" onClick={() => settle(message.id, 'sent')}>
                  {t('today.wasSent')}
                </Button>
                <Button size="small" onClick={() => settle(message.id, 'failed')}>
                  {t('today.wasNotSent')}
                </Button>
              </span>
            )
          }
        />
      ))}
    </ListSection>
  );
}
