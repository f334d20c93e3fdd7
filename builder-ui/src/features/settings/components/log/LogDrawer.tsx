import { Drawer, Grid } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { Fact } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useEarlier, useEntry } from '../../api/log';
import {
  type Change,
  changesOf,
  clipped,
  type Entry,
  lacksBefore,
  sizeOfLarge,
  textOf,
} from '../../model/log';
import { useLogWords } from './useLogWords';

type Props = { seq: number; known?: Entry; onClose: () => void };

/** One change: who made it, and each field before and after. */
export default function LogDrawer({ seq, known, onClose }: Props) {
  const { t } = useTranslation();
  const phone = Grid.useBreakpoint().md === false;
  const entry = useEntry(seq, known);
  return (
    <Drawer open onClose={onClose} size={phone ? '100%' : 640} title={t('log.one', { seq })}>
      {entry.data ? (
        <Body entry={entry.data} />
      ) : entry.error ? (
        <ErrorState error={entry.error} onRetry={() => entry.refetch()} onClose={onClose} />
      ) : entry.data === null ? (
        <Empty title={t('table.noMatch')} />
      ) : (
        <Lines rows={6} />
      )}
    </Drawer>
  );
}

function Body({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { who, what, kind } = useLogWords();
  const { at, addr, object, id, seq, hash } = entry;
  const ofCustomer = id && (object === 'customer' || object === 'personal');
  return (
    <>
      <p className="log-title">{what(entry)}</p>
      <dl className="facts">
        <Fact label={t('log.who')}>{who(entry)}</Fact>
        <Fact label={t('log.when')}>{format.instant(at)}</Fact>
        {addr && <Fact label={t('log.addr')}>{addr}</Fact>}
        <Fact label={t('log.kind')}>{kind(object)}</Fact>
        {ofCustomer ? (
          <Fact label={t('log.customer')}>
            <Link to={`/customers/${id}`}>{t('log.toCustomer')}</Link>
          </Fact>
        ) : (
          id && <Fact label={t('log.id')}>{id}</Fact>
        )}
      </dl>
      <Changes entry={entry} />
      <dl className="facts log-proof">
        <Fact label={t('log.number')}>{format.number(seq)}</Fact>
        <Fact label={t('log.hash')}>
          <span className="log-hash">{hash}</span>
        </Fact>
      </dl>
    </>
  );
}

const mostShown = 200;

function Changes({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const asked = lacksBefore(entry);
  const earlier = useEarlier(entry, asked);
  const { taken, hidden, after } = entry;
  const before = entry.before ?? earlier.data?.after;
  const large = sizeOfLarge(after) ?? sizeOfLarge(before);
  if (hidden) return <p className="log-note">{t('log.hidden')}</p>;
  if (taken) return <p className="log-note">{t('log.taken')}</p>;
  if (asked && earlier.isPending) return <Lines rows={4} />;
  if ((before ?? after ?? undefined) === undefined) return <p className="log-note">{t('log.noTexts')}</p>;
  const changes = changesOf(before, after);
  return (
    <section aria-label={t('log.changes')}>
      <h2 className="log-part">{t('log.changes')}</h2>
      {asked && (
        <p className="log-note">
          {earlier.data ? t('log.compared', { seq: earlier.data.seq }) : t('log.noBefore')}
        </p>
      )}
      {large !== undefined && <p className="log-note">{t('log.large', { bytes: large })}</p>}
      {changes.length === 0 ? (
        <p className="log-note">{t('log.same')}</p>
      ) : (
        <ul className="log-changes">
          {changes.slice(0, mostShown).map((change) => (
            <Row key={change.path} change={change} />
          ))}
        </ul>
      )}
      {changes.length > mostShown && (
        <p className="log-note">{t('log.more', { count: changes.length - mostShown })}</p>
      )}
    </section>
  );
}

function Row({ change }: { change: Change }) {
  const { t } = useTranslation();
  return (
    <li className="log-change">
      {change.path && <code className="log-path">{change.path}</code>}
      <dl className="log-sides">
        {(['before', 'after'] as const).map((side) => (
          <div key={side} className={`log-side log-${side}`}>
            <dt>{t(`log.${side}`)}</dt>
            <dd>
              <Value value={change[side]} />
            </dd>
          </div>
        ))}
      </dl>
    </li>
  );
}

/** A value; of a long one its beginning, and the whole when it is asked for. */
function Value({ value }: { value: unknown }) {
  const { t } = useTranslation();
  const text = textOf(value);
  const short = clipped(text);
  if (!text) return <span className="cell-none">{t('log.nothing')}</span>;
  if (short === undefined) return <>{text}</>;
  return (
    <details className="log-long">
      <summary>{short}</summary>
      <pre>{text}</pre>
    </details>
  );
}
