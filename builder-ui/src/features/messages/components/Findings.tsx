import {
  CheckCircleFilled,
  DisconnectOutlined,
  ExclamationCircleFilled,
  InfoCircleFilled,
} from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import type { Finding, TemplateDoc } from '../api/messages';
import { lineAt, placeOf } from '../model/template';

/** What keeps the template from being saved, and what is only advice; each leads to its place. */
export function Findings({
  findings,
  doc,
  unchecked,
}: {
  findings: Finding[];
  doc: TemplateDoc;
  /** Nobody could be asked about what stands there now. */
  unchecked: boolean;
}) {
  const { t } = useTranslation();
  const sorted = [...findings].sort((a, b) => Number(b.blocking) - Number(a.blocking));
  const go = (finding: Finding) => {
    const { lang, part } = placeOf(finding);
    const field =
      lang && (document.getElementById(`body-${lang}-${part ?? 'text'}`) as HTMLTextAreaElement | null);
    if (!field) return;
    field.focus();
    if (finding.offset < 0) return;
    const at = [...field.value].slice(0, finding.offset).join('').length;
    field.setSelectionRange(at, at + 1);
  };
  return (
    <section className="section msg-findings" aria-label={t('messages.checks')}>
      <div className="section-head">
        <h2 className="section-title">{t('messages.checks')}</h2>
      </div>
      {unchecked ? (
        <p className="msg-unchecked">
          <DisconnectOutlined aria-hidden /> {t('messages.notChecked')}
        </p>
      ) : sorted.length === 0 ? (
        <p className="msg-good">
          <CheckCircleFilled aria-hidden /> {t('messages.allGood')}
        </p>
      ) : (
        <ul>
          {sorted.map((finding) => {
            const { lang, part } = placeOf(finding);
            const text = lang && part ? (doc.variant[lang]?.[part] ?? '') : '';
            const where = [
              lang && t(`lang.${lang}`),
              part && t(`messages.${part}`),
              finding.offset >= 0 && t('messages.at', lineAt(text, finding.offset)),
            ].filter(Boolean);
            return (
              <li
                key={`${finding.pointer}${finding.rule}${finding.message}`}
                className={finding.blocking ? 'msg-finding msg-bad' : 'msg-finding'}
              >
                {finding.blocking ? (
                  <ExclamationCircleFilled aria-hidden />
                ) : (
                  <InfoCircleFilled aria-hidden />
                )}
                <span>
                  <span className="sr-only">
                    {t(finding.blocking ? 'messages.mustFix' : 'messages.advice')}
                  </span>
                  {lang ? (
                    <button type="button" onClick={() => go(finding)}>
                      {where.join(' · ')}
                    </button>
                  ) : (
                    <span className="list-dim">{where.join(' · ') || t('messages.about')}</span>
                  )}
                  <span>{finding.message}</span>
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
