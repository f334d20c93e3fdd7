import type { UseQueryResult } from '@tanstack/react-query';
import { Alert, App, Button, Segmented, Select } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang } from '@/shared/api/types';
import { previewDocument } from '@/shared/lib/messageHtml';
import { useDebounced } from '@/shared/lib/useDebounced';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { type Preview, type TemplateDoc, useCustomerChoices, useSendTest } from '../api/messages';
import { langs } from '../model/template';

type Device = 'desktop' | 'phone' | 'sms';
type Props = {
  doc: TemplateDoc;
  preview: UseQueryResult<Preview>;
  lang: Lang;
  onLang: (lang: Lang) => void;
  customer: string;
  onCustomer: (id: string) => void;
  canTest: boolean;
};

/** The message as a real customer would get it, on a desktop, a phone, or as short messages. */
export function PreviewPanel({ doc, preview, lang, onLang, customer, onCustomer, canTest }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const [device, setDevice] = useState<Device>(doc.kind === 'sms' ? 'sms' : 'desktop');
  const [typed, setTyped] = useState('');
  const choices = useCustomerChoices(useDebounced(typed, 250));
  const test = useSendTest();
  const data = preview.data;
  const send = () =>
    test.mutate(
      { doc, customer, language: lang },
      {
        onSuccess: ({ to, channel, status }) =>
          status === 'sent'
            ? message.success(t(channel === 'sandbox' ? 'messages.testKept' : 'messages.testSent', { to }))
            : message.error(t('messages.testFailed')),
        onError: (error) => message.error(errorText(error, t).text),
      },
    );
  return (
    <section className="section msg-preview" aria-label={t('messages.preview')}>
      <div className="section-head">
        <h2 className="section-title">{t('messages.preview')}</h2>
        <div className="section-extra">
          <Button size="small" disabled={!canTest || !data?.message} loading={test.isPending} onClick={send}>
            {t('messages.test')}
          </Button>
        </div>
      </div>
      <div className="msg-preview-bar">
        <Select
          size="small"
          className="fd-grow"
          aria-label={t('messages.customer')}
          value={customer}
          showSearch={{ filterOption: false, onSearch: setTyped }}
          options={[{ value: '', label: t('messages.sampleCustomer') }, ...(choices.data ?? [])]}
          onChange={onCustomer}
        />
        <Segmented
          size="small"
          aria-label={t('messages.language')}
          value={lang}
          onChange={onLang}
          options={langs.map((value) => ({ value, label: t(`lang.${value}`) }))}
        />
        <Segmented
          size="small"
          aria-label={t('messages.device')}
          value={device}
          onChange={setDevice}
          options={(['desktop', 'phone', 'sms'] as const).map((value) => ({
            value,
            label: t(`messages.devices.${value}`),
          }))}
        />
      </div>
      {preview.error ? (
        <ErrorState error={preview.error} onRetry={() => preview.refetch()} />
      ) : !data ? (
        <Lines rows={6} />
      ) : !data.message ? (
        <Alert className="msg-alert" type="info" showIcon title={t('messages.noPreview')} />
      ) : (
        <>
          <p className="rf-help msg-about">
            {data.sample
              ? t(customer ? 'messages.nothingOpen' : 'messages.sampleData')
              : t('messages.about_items', { count: data.items, name: data.customer.name })}
            {data.message.language !== lang && ` ${t('messages.otherLanguage')}`}
          </p>
          <Shown data={data} device={device} />
        </>
      )}
    </section>
  );
}

function Shown({ data, device }: { data: Preview; device: Device }) {
  const { t } = useTranslation();
  const shown = data.message;
  const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
  const html = useMemo(
    () => (shown ? previewDocument(shown.html, nonce, shown.language) : ''),
    [shown, nonce],
  );
  if (!shown) return null;
  if (device === 'sms')
    return (
      <div className="msg-sms">
        <pre className="msg-bubble" lang={shown.language}>
          {shown.text}
        </pre>
        {data.sms && (
          <p className={data.sms.parts > 3 ? 'msg-count fd-warn num' : 'msg-count num'}>
            {t('messages.smsCount', { ...data.sms, count: data.sms.parts })}
          </p>
        )}
      </div>
    );
  return (
    <div className={`msg-device msg-device-${device}`}>
      <p className="msg-device-subject" lang={shown.language}>
        {shown.subject}
      </p>
      <iframe className="msg-frame" title={t('messages.asSeen')} sandbox="" srcDoc={html} />
    </div>
  );
}
