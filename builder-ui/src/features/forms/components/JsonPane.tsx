import { Button } from 'antd';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FormDoc } from '@/shared/form/types';
import { lineOf, syntaxLine } from '../model/locate';
import { useDesigner } from '../model/store';

type Complaint = { line: number; text: string };

/** Schema, layout and names as JSON. What is wrong stands at its line; nothing applies until it can be read. */
export function JsonPane() {
  const { t } = useTranslation();
  const { doc, problems, change } = useDesigner();
  const source = useMemo(() => {
    const { key: _, ...rest } = doc;
    return JSON.stringify(rest, null, 2);
  }, [doc]);
  const [typed, setTyped] = useState<string>();
  const [complaint, setComplaint] = useState<Complaint>();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLPreElement>(null);
  const text = typed ?? source;
  const complaints: Complaint[] = complaint
    ? [complaint]
    : typed === undefined
      ? problems.map(({ pointer, message }) => ({
          line: lineOf(text, pointer.split('@')[0] ?? ''),
          text: message,
        }))
      : [];
  const bad = new Set(complaints.map(({ line }) => line));
  const lines = text.split('\n').length;

  const apply = () => {
    try {
      const next = JSON.parse(text) as Omit<FormDoc, 'key'>;
      if (typeof next?.schema !== 'object' || next.schema === null || Array.isArray(next.schema)) {
        setComplaint({ line: lineOf(text, '/schema'), text: t('forms.jsonSchemaMissing') });
        return;
      }
      if (typeof next.schema.properties !== 'object' || next.schema.properties === null)
        next.schema.properties = {};
      change({ ...next, key: doc.key, name: next.name ?? doc.name });
      setTyped(undefined);
      setComplaint(undefined);
    } catch (error) {
      setComplaint({
        line: syntaxLine(text, error),
        text: error instanceof Error ? t('forms.jsonBroken') : '',
      });
    }
  };
  const goTo = (line: number) => {
    const element = area.current;
    if (!element) return;
    const at =
      text
        .split('\n')
        .slice(0, line - 1)
        .join('\n').length + (line > 1 ? 1 : 0);
    element.focus();
    element.setSelectionRange(at, at);
    element.scrollTop = (line - 4) * 20;
  };

  return (
    <div className="fd-json">
      <div className="fd-preview-bar">
        <Button size="small" type="primary" disabled={typed === undefined} onClick={apply}>
          {t('forms.jsonApply')}
        </Button>
        <Button
          size="small"
          disabled={typed === undefined}
          onClick={() => {
            setTyped(undefined);
            setComplaint(undefined);
          }}
        >
          {t('forms.jsonUndo')}
        </Button>
        <span className="rf-help">{t('forms.jsonHint')}</span>
      </div>
      {complaints.length > 0 && (
        <ul className="fd-complaints" role="alert">
          {complaints.map(({ line, text: said }) => (
            <li key={`${line}${said}`}>
              <button type="button" onClick={() => goTo(line)}>
                {t('forms.line', { line })}
              </button>
              {said}
            </li>
          ))}
        </ul>
      )}
      <div className="fd-code">
        <pre ref={gutter} aria-hidden>
          {Array.from({ length: lines }, (_, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
            <span key={at} className={bad.has(at + 1) ? 'fd-line-bad' : undefined}>
              {at + 1}
              {'\n'}
            </span>
          ))}
        </pre>
        <textarea
          ref={area}
          value={text}
          spellCheck={false}
          wrap="off"
          aria-label={t('forms.json')}
          aria-invalid={complaints.length > 0 || undefined}
          onChange={({ target }) => {
            setTyped(target.value);
            setComplaint(undefined);
          }}
          onScroll={({ currentTarget }) => {
            if (gutter.current) gutter.current.scrollTop = currentTarget.scrollTop;
          }}
        />
      </div>
    </div>
  );
}
