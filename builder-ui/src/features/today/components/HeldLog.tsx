import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { type HeldEntry, type Hold, useHeldLog } from '../api/held';
import { CustomerLink, ListRow } from './lists';

const tones = { deferred: 'amber', refused: 'neutral', merged: 'green' } as const;

/** What did not go out when its step came, in the last day: why, until when, and who went first. */
export function HeldLog() {
  const { t } = useTranslation();
  const format = useFormat();
  const [reason, setReason] = useState('');
  const log = useHeldLog(reason);
  const [page] = log.data?.pages ?? [];
  const groups = new Map<string, number>();
  for (const group of page?.groups ?? [])
    groups.set(group.reason.key, (groups.get(group.reason.key) ?? 0) + group.count);
  const total = [...groups.values()].reduce((sum, count) => sum + count, 0);
  const rows = log.data?.pages.flatMap(({ items }) => items) ?? [];
  if (log.error instanceof ApiError && log.error.status === 403) return null;
  return (
    <Section title={t('today.heldTitle')} count={page && total} extra={t('today.heldSince')}>
      {log.error ? (
        <ErrorState error={log.error} onRetry={() => log.refetch()} />
      ) : !page ? (
        <Lines rows={3} />
      ) : total === 0 ? (
        <Empty small title={t('today.heldNone')} />
      ) : (
        <>
          {groups.size > 1 && (
            <div className="held-tabs" role="group" aria-label={t('today.heldReasons')}>
              {[['', total] as const, ...groups].map(([key, count]) => (
                <button
                  key={key}
                  type="button"
                  className="held-tab"
                  aria-pressed={key === reason}
                  onClick={() => setReason(key)}
                >
                  {key ? t(`reason.${key}`, { defaultValue: t('reason.other') }) : t('today.heldAll')}
                  <span className="num">{format.number(count)}</span>
                </button>
              ))}
            </div>
          )}
          <ul className="list">
            {rows.map((entry) => (
              <Row key={`${entry.customer.id}${entry.flow.key}${entry.label}${entry.at}`} entry={entry} />
            ))}
          </ul>
          {log.hasNextPage && (
            <div className="held-more">
              <Button size="small" loading={log.isFetchingNextPage} onClick={() => log.fetchNextPage()}>
                {t('today.heldMore')}
              </Button>
            </div>
          )}
        </>
      )}
    </Section>
  );
}

/** Why a step waited, and what went first, in words. */
function useWhy(): (hold: Hold, flow: string) => string {
  const { t } = useTranslation();
  const format = useFormat();
  return ({ what, reason, other }, flow) => {
    const first = other && (format.text(other.name) || other.key);
    if (what === 'merged')
      return t(other?.key === flow ? 'today.heldTogether' : 'today.heldInto', { flow: first });
    return [format.reason(reason.text), first && t('today.heldBy', { flow: first })]
      .filter(Boolean)
      .join(' · ');
  };
}

/** The holds of a run before its present one: since when, for what, until when. */
function Earlier({
  id,
  holds,
  flow,
  dropped = 0,
}: {
  id: string;
  holds: Hold[];
  flow: string;
  dropped?: number;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const why = useWhy();
  return (
    <ol className="held-earlier" id={id}>
      {holds.map((hold) => (
        <li key={`${hold.since}${hold.at}${hold.reason.key}`}>
          <time className="num" dateTime={hold.since}>
            {format.instant(hold.since ?? hold.at)}
          </time>{' '}
          {why(hold, flow)}
          {hold.until && (
            <span className="list-dim"> · {t('today.heldUntil', { date: format.instant(hold.until) })}</span>
          )}
          {(hold.times ?? 1) > 1 && (
            <span className="list-dim"> · {t('today.heldTimes', { count: hold.times })}</span>
          )}
        </li>
      ))}
      {dropped > 0 && <li className="list-dim">{t('today.heldDropped', { count: dropped })}</li>}
    </ol>
  );
}

function Row({ entry }: { entry: HeldEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { customer, label, flow, at, what, until, message, since, earlier, dropped } = entry;
  const why = useWhy()(entry, flow.key);
  const again = until && t('today.heldAgain', { date: format.instant(until) });
  const from = since && since !== at && t('today.heldFrom', { date: format.instant(since) });
  return (
    <ListRow
      title={
        <>
          <CustomerLink customer={customer} />
          {label && label !== customer.name && <span className="list-dim num"> · {label}</span>}
        </>
      }
      sub={
        <>
          {message ? (
            <Link className="list-link" to={`/inbox/${message}`}>
              {why}
            </Link>
          ) : (
            <div>{why}</div>
          )}
          <div className="list-dim">
            {[format.text(flow.name) || flow.key, from, again].filter(Boolean).join(' · ')}
          </div>
          {earlier && earlier.length > 0 && (
            <>
              <button
                type="button"
                className="held-before"
                aria-expanded={open}
                aria-controls={open ? id : undefined}
                onClick={() => setOpen(!open)}
              >
                {t('today.heldEarlier', { count: earlier.length + (dropped ?? 0) })}
              </button>
              {open && <Earlier id={id} holds={earlier} flow={flow.key} dropped={dropped} />}
            </>
          )}
        </>
      }
      aside={<Chip tone={tones[what]}>{t(`today.heldWhat.${what}`)}</Chip>}
      asideSub={
        <time className="num" dateTime={at}>
          {format.time(at)}
        </time>
      }
    />
  );
}
