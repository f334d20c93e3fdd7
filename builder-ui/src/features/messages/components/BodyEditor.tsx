import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang } from '@/shared/api/types';
import type { Finding, TemplateDoc } from '../api/messages';
import { type Part, placeOf, setPart } from '../model/template';

/** Where the next variable goes. */
export type Caret = { lang: Lang; part: Part; from: number; to: number } | undefined;

type Props = {
  lang: Lang;
  doc: TemplateDoc;
  findings: Finding[];
  disabled: boolean;
  onChange: (doc: TemplateDoc) => void;
  onCaret: (caret: Caret) => void;
  onFocus: () => void;
};

/** One language of a template: subject, text, and HTML of its own if wanted. */
export function BodyEditor({ lang, doc, findings, disabled, onChange, onCaret, onFocus }: Props) {
  const { t } = useTranslation();
  const body = doc.variant[lang];
  const [withHtml, setWithHtml] = useState(Boolean(body?.html));
  const title = t(`lang.${lang}`);
  const bad = (part: Part) =>
    findings.some((finding) => {
      const place = placeOf(finding);
      return finding.blocking && place.lang === lang && place.part === part;
    });
  const field = (part: Part) => ({
    id: `body-${lang}-${part}`,
    value: body?.[part] ?? '',
    disabled,
    lang,
    status: bad(part) ? ('error' as const) : undefined,
    onChange: ({ target }: { target: HTMLInputElement | HTMLTextAreaElement }) =>
      onChange(setPart(doc, lang, part, target.value)),
    onFocus,
    onSelect: ({ currentTarget }: { currentTarget: EventTarget }) => {
      const { selectionStart, selectionEnd } = currentTarget as HTMLTextAreaElement;
      onCaret({ lang, part, from: selectionStart ?? 0, to: selectionEnd ?? 0 });
    },
  });
  return (
    <section className="section msg-body" aria-label={title}>
      <h2 className="section-title">{title}</h2>
      {doc.kind !== 'sms' && (
        <>
          <label className="rf-label" htmlFor={`body-${lang}-subject`}>
            {t('messages.subject')}
          </label>
          <Input {...field('subject')} maxLength={500} autoComplete="off" />
        </>
      )}
      <label className="rf-label" htmlFor={`body-${lang}-text`}>
        {t('messages.text')}
      </label>
      <Input.TextArea
        {...field('text')}
        rows={doc.kind === 'sms' ? 5 : 14}
        className="grow"
        maxLength={60_000}
      />
      {doc.kind !== 'sms' &&
        (withHtml ? (
          <>
            <label className="rf-label" htmlFor={`body-${lang}-html`}>
              {t('messages.html')}
            </label>
            <Input.TextArea
              {...field('html')}
              className="fd-mono grow"
              rows={8}
              maxLength={60_000}
              spellCheck={false}
            />
            <Button
              size="small"
              disabled={disabled}
              onClick={() => {
                onChange(setPart(doc, lang, 'html', ''));
                setWithHtml(false);
              }}
            >
              {t('messages.htmlFromText')}
            </Button>
          </>
        ) : (
          <div className="msg-html-off">
            <span className="rf-help">{t('messages.htmlMade')}</span>
            <Button size="small" disabled={disabled} onClick={() => setWithHtml(true)}>
              {t('messages.htmlOwn')}
            </Button>
          </div>
        ))}
    </section>
  );
}
