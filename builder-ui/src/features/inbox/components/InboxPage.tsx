import '../texts';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { useCan, useMe } from '@/shared/api/session';
import type { Message } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { useTitle } from '@/shared/lib/useTitle';
import { StatusChip } from '@/shared/ui/Chip';
import { Pick } from '@/shared/ui/Filters';
import { Money } from '@/shared/ui/Money';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useMessage, useMessages } from '../api/messages';
import { MessageView } from './MessageView';

const statuses = ['intended', 'waiting', 'sent', 'failed', 'unknown'];

export default function InboxPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const params = useParamState();
  const mayPrint = useCan('message.review');
  const { demo } = useMe().workspace;
  const navigate = useNavigate();
  const status = params.get('status');
  const messages = useMessages({ status });
  const title = t(demo ? 'nav.inbox' : 'nav.sent');
  useTitle(title);
  const newest = messages.rows[0]?.id;
  const [kept, keep] = useState<{ id: string; status?: string }>();
  const shownId = id ?? (kept && kept.status === status ? kept.id : newest);
  // It stays when newer ones come in: somebody reads it, or is recording its payment.
  useEffect(() => {
    if (shownId) keep({ id: shownId, status });
  }, [shownId, status]);
  const message = useMessage(
    shownId,
    messages.rows.find((row) => row.id === shownId),
  );

  const move = (step: number) => {
    const at = messages.rows.findIndex((row) => row.id === shownId);
    const next = messages.rows[at + step];
    if (!next) return;
    navigate(`/inbox/${next.id}${location.search}`);
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-message="${next.id}"]`)?.focus());
  };

  // Without a list there is nothing to read beside it.
  const none = messages.rows.length === 0 && !messages.isPending && !id;
  return (
    <div className={none ? 'inbox inbox-alone' : id ? 'inbox inbox-reading' : 'inbox'}>
      <div className="inbox-list">
        <div className="inbox-head">
          <h1 className="page-title">{title}</h1>
          <Pick
            label={t('field.status')}
            value={status}
            onChange={(value) => params.set({ status: value })}
            options={statuses.map((value) => ({ value, label: t(`status.message.${value}`) }))}
          />
        </div>
        <p className="inbox-sub">
          {t(demo ? 'inbox.sub' : 'inbox.subReal')}{' '}
          {mayPrint && (
            <Link to="/letters" className="inbox-letters">
              {t('inbox.letters')}
            </Link>
          )}
        </p>
        {messages.error && messages.rows.length === 0 ? (
          <ErrorState error={messages.error} onRetry={() => messages.refetch()} />
        ) : messages.isPending ? (
          <Lines rows={10} />
        ) : messages.rows.length === 0 ? (
          <Empty
            title={t('inbox.none')}
            text={t('inbox.noneText')}
            action={<Link to="/flows">{t('inbox.toFlows')}</Link>}
          />
        ) : (
          <nav
            className="inbox-scroll"
            aria-label={t('inbox.list')}
            onKeyDown={(event) => {
              const step = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1 }[event.key];
              if (!step) return;
              event.preventDefault();
              move(step);
            }}
          >
            {messages.rows.map((row) => (
              <MessageItem key={row.id} message={row} current={row.id === shownId} />
            ))}
            {messages.hasNextPage && (
              <div className="table-foot">
                <Button
                  size="small"
                  loading={messages.isFetchingNextPage}
                  onClick={() => messages.fetchNextPage()}
                >
                  {t('table.more')}
                </Button>
              </div>
            )}
          </nav>
        )}
      </div>
      <div className="inbox-message">
        {message.data ? (
          <MessageView message={message.data} key={message.data.id} />
        ) : message.error ? (
          <ErrorState error={message.error} onRetry={() => message.refetch()} />
        ) : shownId ? (
          <Lines rows={8} />
        ) : (
          messages.rows.length > 0 && <Empty title={t('inbox.choose')} />
        )}
      </div>
    </div>
  );
}

function MessageItem({ message, current }: { message: Message; current: boolean }) {
  const format = useFormat();
  return (
    <Link
      to={`/inbox/${message.id}${location.search}`}
      className={current ? 'mail mail-current' : 'mail'}
      aria-current={current ? 'true' : undefined}
      data-message={message.id}
    >
      <span className="mail-line">
        <span className="mail-from">{message.customer.name}</span>
        <time className="mail-time num" dateTime={message.at}>
          {format.instant(message.at)}
        </time>
      </span>
      <span className="mail-subject" lang={message.language}>
        {message.subject}
      </span>
      <span className="mail-line">
        <Money amount={message.amount} currency={message.currency} tone="quiet" />
        <StatusChip kind="message" status={message.delivery?.state ?? message.status} />
      </span>
    </Link>
  );
}
