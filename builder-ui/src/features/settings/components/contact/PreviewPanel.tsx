import { CheckCircleFilled, ClockCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCalendars } from '@/shared/api/calendars';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Customer, Page } from '@/shared/api/types';
import { formatInstant } from '@/shared/lib/date';
import { zoneName } from '@/shared/lib/timezones';
import { useDebounced } from '@/shared/lib/useDebounced';
import { useFormat } from '@/shared/lib/useFormat';
import { CustomerPick } from '@/shared/ui/CustomerPick';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useContactPreview } from '../../api/contact';
import { type ContactPreview, type ContactRules, instantIn } from '../../model/contact';

/** When a message to a customer would go out, and why: with the rules as they stand in the form. */
export function PreviewPanel({ rules }: { rules: ContactRules | undefined }) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const first = useQuery({
    queryKey: [...keys.records('customer'), 'first'],
    queryFn: () => api.get<Page<Customer>>('/records/customer', { limit: 1, sort: 'name' }),
    select: ({ items }) => items[0] && { id: items[0].id, name: items[0].data.name },
  });
  const channels = useCalendars().data?.channels ?? [];
  const [picked, setPicked] = useState<{ id: string; name: string }>();
  const [channel, setChannel] = useState('email');
  const [local, setLocal] = useState('');
  const customer = picked ?? first.data;
  const asked = useDebounced(
    JSON.stringify(customer && { customer: customer.id, channel, at: instantIn(local, format.zone), rules }),
    350,
  );
  const preview = useContactPreview(asked ? JSON.parse(asked) : undefined);
  return (
    <Section title={t('conduct.preview')} className="conduct-preview">
      <div className="conduct-ask">
        <label htmlFor={`${id}-customer`}>{t('conduct.previewCustomer')}</label>
        <CustomerPick
          id={`${id}-customer`}
          value={customer}
          onChange={setPicked}
          placeholder={t('conduct.previewPick')}
        />
        <label htmlFor={`${id}-channel`}>{t('conduct.previewChannel')}</label>
        <Select
          id={`${id}-channel`}
          value={channel}
          onChange={setChannel}
          options={channels.map((value) => ({
            value,
            label: t(`channel.${value}`, { defaultValue: value }),
          }))}
        />
        <label htmlFor={`${id}-at`}>{t('conduct.previewAt')}</label>
        <span className="conduct-at">
          <DatePicker
            id={`${id}-at`}
            className="field-full"
            showTime={{ format: 'HH:mm' }}
            format="YYYY-MM-DD HH:mm"
            needConfirm={false}
            defaultPickerValue={dayjs(format.today)}
            placeholder={t('conduct.previewNow')}
            value={local ? dayjs(local) : null}
            onChange={(at) => setLocal(at?.format('YYYY-MM-DDTHH:mm') ?? '')}
          />
        </span>
      </div>
      {!customer && !first.isPending ? (
        <Empty small title={t('conduct.previewNobody')} />
      ) : preview.error ? (
        <ErrorState error={preview.error} />
      ) : preview.data ? (
        <Answer preview={preview.data} unsaved={rules !== undefined} />
      ) : (
        <div className="conduct-answer">
          <Lines rows={4} />
        </div>
      )}
    </Section>
  );
}

function Answer({ preview, unsaved }: { preview: ContactPreview; unsaved: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { at, asked, blocked, other, checks, timezone, noData, customer } = preview;
  const when = (instant: string) => formatInstant(instant, format.locale, timezone, format.today);
  const waits = checks.filter((check) => !check.ok && check.key !== blocked?.key);
  const because = waits.map(({ text }) => format.text(text)).join(t('conduct.and'));
  const atOnce = at && Date.parse(at) - Date.parse(asked) < 60_000;
  return (
    <div className="conduct-answer" aria-live="polite">
      <p className="conduct-verdict">
        {blocked
          ? t('conduct.blocked', { reason: format.text(blocked.text) })
          : !at
            ? t('conduct.never')
            : atOnce
              ? t('conduct.atOnce', { at: when(at) })
              : t('conduct.goesOut', { at: when(at), because })}
      </p>
      {blocked && at && <p className="list-sub">{t('conduct.otherwise', { at: when(at) })}</p>}
      <ul className="conduct-checks">
        {checks.map(({ key, ok, text, until }) => (
          <li key={key} className={ok ? 'ok' : blocked?.key === key ? 'no' : 'wait'}>
            {ok ? (
              <CheckCircleFilled aria-hidden />
            ) : blocked?.key === key ? (
              <CloseCircleFilled aria-hidden />
            ) : (
              <ClockCircleFilled aria-hidden />
            )}
            <span>
              <span className="sr-only">{t(ok ? 'conduct.checkOk' : 'conduct.checkNot')} </span>
              {format.reason(text)}
              {key === 'duplicate' && other && ` (${format.text(other.name)})`}
              {until && <span className="list-dim"> · {t('conduct.until', { at: when(until) })}</span>}
            </span>
          </li>
        ))}
      </ul>
      {noData && <p className="conduct-note">{t('conduct.noData', { year: noData })}</p>}
      <p className="list-sub">
        {t(unsaved ? 'conduct.withUnsaved' : 'conduct.withSaved', {
          zone: zoneName(timezone, format.locale),
        })}
      </p>
      <Link className="list-link" to={`/customers/${customer.id}`}>
        {t('conduct.openCustomer')}
      </Link>
    </div>
  );
}
