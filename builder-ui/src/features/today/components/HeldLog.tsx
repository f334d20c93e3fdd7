import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { type HeldEntry, useHeldLog } from '../api/held';
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

function Row({ entry }: { entry: HeldEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { customer, label, flow, at, what, reason, until, other, message } = entry;
  const first = other && (format.text(other.name) || other.key);
  const together = what === 'merged' && other?.key === flow.key;
  const why =
    what === 'merged'
      ? t(together ? 'today.heldTogether' : 'today.heldInto', { flow: first })
      : [format.reason(reason.text), first && t('today.heldBy', { flow: first })].filter(Boolean).join(' · ');
  const again = until && t('today.heldAgain', { date: format.instant(until) });
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
            {[format.text(flow.name) || flow.key, again].filter(Boolean).join(' · ')}
          </div>
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
