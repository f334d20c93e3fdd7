import '../texts';
import { ArrowLeftOutlined, CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import type { CustomerPage, Message } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { useTemplateNames } from '@/shared/lib/useTemplateNames';
import { Chip, StatusChip } from '@/shared/ui/Chip';
import { Money } from '@/shared/ui/Money';
import { useOwed } from '../api/messages';
import { previewDocument } from '../model/preview';

const RecordPaymentDrawer = lazy(() =>
  import('@/shared/ui/RecordPaymentDrawer').then((m) => ({ default: m.RecordPaymentDrawer })),
);

export function MessageView({ message }: { message: Message }) {
  const { t } = useTranslation();
  const format = useFormat();
  const templates = useTemplateNames();
  const [as, setAs] = useState<'html' | 'text'>(message.html ? 'html' : 'text');
  return (
    <article className="message" aria-label={message.subject}>
      <Link to="/inbox" className="message-back">
        <ArrowLeftOutlined /> {t('inbox.back')}
      </Link>
      <header className="message-head">
        <h2 className="message-subject" lang={message.language}>
          {message.subject}
        </h2>
        <div className="message-meta">
          <span>
            <Link to={`/customers/${message.customer.id}`}>{message.customer.name}</Link>
            <span className="list-dim"> {t('inbox.to', { to: message.to })}</span>
          </span>
          <span className="inline">
            <time className="num" dateTime={message.at}>
              {format.instant(message.at)}
            </time>
            <Chip>{t(`channel.${message.channel}`, { defaultValue: message.channel })}</Chip>
            <StatusChip kind="message" status={message.status} />
            {message.delivery && (
              <span className="inline" title={message.delivery.detail}>
                <StatusChip kind="message" status={message.delivery.state} />
                <time className="num list-dim" dateTime={message.delivery.at}>
                  {format.instant(message.delivery.at)}
                </time>
              </span>
            )}
            {message.crossed && <Chip tone="amber">{t('inbox.crossed')}</Chip>}
          </span>
        </div>
        {message.flow && (
          <p className="message-why">
            {t('inbox.why', {
              flow: format.text(message.flow.name) || message.flow.key,
              template: templates.get(message.template ?? '') ?? message.template,
            })}
          </p>
        )}
        {message.error && (
          <p className="flag flag-red" role="note">
            {format.reason(message.error.text)}
            {message.detail && <span className="list-sub"> {message.detail}</span>}
          </p>
        )}
        {message.delivery?.state === 'bounced' && (
          <p className="flag flag-red" role="note">
            {format.reason(message.delivery.reason?.text)}
            {message.delivery.detail && <span className="list-sub"> {message.delivery.detail}</span>}
          </p>
        )}
      </header>
      <PayBar message={message} />

      <div className="message-view">
        <Segmented
          size="small"
          aria-label={t('inbox.viewAs')}
          value={as}
          onChange={setAs}
          options={[
            { value: 'html', label: t('inbox.html'), disabled: !message.html },
            { value: 'text', label: t('inbox.text') },
          ]}
        />
      </div>
      {as === 'html' ? (
        <HtmlPreview message={message} />
      ) : (
        <pre className="message-text" lang={message.language}>
          {message.text}
        </pre>
      )}
      <div className="message-facts">
        <Items message={message} />
        <Checks message={message} />
      </div>
    </article>
  );
}

function HtmlPreview({ message }: { message: Message }) {
  const { t } = useTranslation();
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
  const doc = useMemo(
    () => previewDocument(message.html, nonce, message.language),
    [message.html, message.language, nonce],
  );
  return <iframe className="message-html" title={t('inbox.preview')} sandbox="" srcDoc={doc} />;
}

/** Pay here and watch the reminders stop. */
function PayBar({ message }: { message: Message }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canPay = useCan('payment.write');
  const owed = useOwed(message.customer.id);
  const [asked, setAsked] = useState(false);
  const [open, setOpen] = useState(false);
  const account = owed.data?.account;
  if (!account) return null;
  const unpaid = account.items.filter((item) => item.open > 0);
  const payable = unpaid.map((item) => ({
    id: item.invoice,
    number: item.number,
    open: item.open,
    currency: item.currency,
  }));
  const named = payable.filter(({ id }) => message.items.some(({ invoice }) => invoice === id));
  const next = owed.data?.next;
  return (
    <div className={unpaid.length === 0 ? 'paybar paybar-done' : 'paybar'}>
      <div className="paybar-text" role="status">
        {unpaid.length === 0 ? (
          <strong>{t('inbox.allPaid')}</strong>
        ) : (
          <strong>
            {t('inbox.owesNow', {
              amounts: account.balances
                .filter((balance) => balance.open > 0)
                .map((balance) => format.money(balance.open, balance.currency))
                .join(' + '),
            })}
          </strong>
        )}
        <span className="paybar-next">
          {next ? t('inbox.nextReminder', { date: format.instant(next.at) }) : t('inbox.noNext')}
        </span>
      </div>
      {canPay && unpaid.length > 0 && (
        <Button
          type="primary"
          onClick={() => {
            setAsked(true);
            setOpen(true);
          }}
        >
          {t('inbox.pay')}
        </Button>
      )}
      <FlowStates message={message} page={owed.data} />
      {asked && (
        <Suspense fallback={null}>
          <RecordPaymentDrawer
            open={open}
            onClose={() => setOpen(false)}
            customer={message.customer}
            invoices={payable}
            preset={named.length > 0 ? named : undefined}
          />
        </Suspense>
      )}
    </div>
  );
}

const mostStates = 6;

/** Each invoice of the message as it stands now: its flow goes on, or has ended because the money is in. */
function FlowStates({ message, page }: { message: Message; page?: CustomerPage }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!page || message.items.length === 0) return null;
  return (
    <ul className="paybar-runs" aria-label={t('inbox.runs')}>
      {message.items.slice(0, mostStates).map(({ invoice, number }) => {
        const item = page.account.items.find((entry) => entry.invoice === invoice);
        const run = page.runs.find(({ subject, status }) => subject.id === invoice && status !== 'done');
        return (
          <li key={invoice} className="paybar-run">
            <span className="num">{number}</span>
            {item ? (
              <StatusChip kind="invoice" status={item.status} />
            ) : (
              <Chip tone="green">{t('inbox.settled')}</Chip>
            )}
            <span className="list-dim num">
              {run
                ? [
                    t(`status.run.${run.status}`),
                    run.wakeAt && t('inbox.runNext', { date: format.instant(run.wakeAt) }),
                  ]
                    .filter(Boolean)
                    .join(' · ')
                : t('inbox.runsEnded')}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Items({ message }: { message: Message }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section aria-label={t('inbox.items')} className="message-fact">
      <h3 className="fact-title">{t('inbox.items')}</h3>
      <table className="table table-plain table-small">
        <thead>
          <tr>
            <th scope="col">{t('invoice.number')}</th>
            <th scope="col">{t('invoice.dueDate')}</th>
            <th scope="col" className="cell-right">
              {t('inbox.openThen')}
            </th>
          </tr>
        </thead>
        <tbody>
          {message.items.map((item) => (
            <tr key={item.invoice}>
              <td className="num">{item.number}</td>
              <td className="num">{format.date(item.dueDate)}</td>
              <td className="cell-right">
                <Money amount={item.open} currency={item.currency} />
              </td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr>
            <th scope="row" colSpan={2}>
              {t('inbox.total')}
            </th>
            <td className="cell-right">
              <Money amount={message.amount} currency={message.currency} />
            </td>
          </tr>
        </tfoot>
      </table>
    </section>
  );
}

/** What was checked at the moment of sending. */
function Checks({ message }: { message: Message }) {
  const { t } = useTranslation();
  const { seen, tone } = message;
  return (
    <section aria-label={t('inbox.checks')} className="message-fact">
      <h3 className="fact-title">{t('inbox.checks')}</h3>
      {seen && (
        <ul className="checks">
          {seen.checks.map(({ key, ok }) => (
            <li key={key} className={ok ? 'check check-ok' : 'check check-no'}>
              {ok ? <CheckCircleFilled aria-hidden /> : <CloseCircleFilled aria-hidden />}
              <span>
                {t(`check.${key}`, { defaultValue: key })}
                <span className="sr-only">{t(ok ? 'inbox.checkOk' : 'inbox.checkNo')}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      <p className="list-sub">
        {[
          tone && t(`tone.${tone}`, { defaultValue: '' }),
          seen && t('inbox.ledgerVersion', { version: seen.version }),
        ]
          .filter(Boolean)
          .join(' · ')}
      </p>
    </section>
  );
}
