import '../texts';
import { App, Button } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams, useSearchParams } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useCan, useMe } from '@/shared/api/session';
import type { Lang } from '@/shared/api/types';
import { same } from '@/shared/lib/json';
import { useDebounced } from '@/shared/lib/useDebounced';
import { useFormat } from '@/shared/lib/useFormat';
import { useLeaveGuard } from '@/shared/lib/useLeaveGuard';
import { useTitle } from '@/shared/lib/useTitle';
import { Chip } from '@/shared/ui/Chip';
import { ErrorState, PageSkeleton } from '@/shared/ui/states';
import {
  type TemplateDetail,
  type TemplateDoc,
  usePreview,
  useSaveTemplate,
  useTemplate,
} from '../api/messages';
import {
  docOf,
  forgetTemplate,
  keepTemplate,
  keptTemplate,
  langsFor,
  type Part,
  setPart,
} from '../model/template';
import { BackToFlow } from './BackToFlow';
import { BodyEditor, type Caret } from './BodyEditor';
import { Findings } from './Findings';
import { PreviewPanel } from './PreviewPanel';
import { Head, More, UsedBy } from './TemplateHead';
import { Leftover, NotSaved } from './Unsaved';
import { VariablePicker } from './VariablePicker';

export default function TemplatePage() {
  const { key = '' } = useParams();
  const template = useTemplate(key);
  if (template.data && template.data.key === key)
    return <Editor key={key} template={template.data} refetch={template.refetch} />;
  if (template.error)
    return (
      <div className="page">
        <ErrorState level={1} error={template.error} onRetry={() => template.refetch()} />
      </div>
    );
  return <PageSkeleton />;
}

const settle = 450;

function Editor({
  template,
  refetch,
}: {
  template: TemplateDetail;
  refetch: () => Promise<{ data?: TemplateDetail }>;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message, modal } = App.useApp();
  // Sent, and perhaps stored without our hearing of it.
  const unanswered = useRef<TemplateDoc>(undefined);
  const workspace = useMe().workspace.key;
  const canWrite = useCan('template.write');
  const asked = useSearchParams()[0].has('for');
  const [base, setBase] = useState(template);
  const [doc, setDoc] = useState<TemplateDoc>(() => docOf(template));
  const [left, setLeft] = useState(() => {
    const kept = keptTemplate(workspace, template.key);
    return kept && !same(kept.doc, docOf(template)) ? kept : undefined;
  });
  const [lang, setLang] = useState<Lang>(format.lang);
  const [customer, setCustomer] = useState('');
  const caret = useRef<Caret>(undefined);
  const shown = useDebounced(doc, settle);
  const preview = usePreview(shown, customer, lang);
  const save = useSaveTemplate();
  const changed = !same(doc, docOf(base));
  const findings = preview.data?.findings ?? [];
  const blocked = findings.some(({ blocking }) => blocking);
  const name = format.text(doc.name) || doc.key;
  useTitle(t('messages.editTitle', { name }));

  const [kept, setKept] = useState(true);
  useEffect(() => {
    if (changed) setKept(keepTemplate(workspace, { doc, version: base.version, at: Date.now() }));
  }, [changed, doc, base.version, workspace]);
  useLeaveGuard(changed && !kept);

  const adopt = (next: TemplateDetail) => {
    setBase(next);
    setDoc(docOf(next));
    forgetTemplate(workspace, next.key);
  };
  const submit = (version = base.version) =>
    save.mutate(
      { doc, version },
      {
        onSuccess: (saved) => {
          unanswered.current = undefined;
          setBase({ ...base, ...saved });
          forgetTemplate(workspace, doc.key);
          message.success(t('state.saved'));
        },
        onError: (error) => {
          if (error instanceof ApiError && error.status === 409) return void askConflict();
          if (!(error instanceof ApiError) || error.status === 0 || error.status >= 500)
            unanswered.current = doc;
        },
      },
    );
  const askConflict = async () => {
    const theirs = (await refetch()).data;
    if (!theirs) return;
    // Meeting oneself is no quarrel.
    if (unanswered.current && same(docOf(theirs), docOf(unanswered.current))) return submit(theirs.version);
    modal.confirm({
      title: t('messages.conflict'),
      content: t('messages.conflictText'),
      okText: t('messages.keepMine'),
      cancelText: t('messages.takeTheirs'),
      onOk: () => submit(theirs.version),
      onCancel: () => adopt(theirs),
    });
  };
  const insert = (snippet: string) => {
    const at = caret.current ?? {
      lang,
      part: 'text' as Part,
      from: Number.MAX_SAFE_INTEGER,
      to: Number.MAX_SAFE_INTEGER,
    };
    const text = doc.variant[at.lang]?.[at.part] ?? '';
    const [from, to] = [Math.min(at.from, text.length), Math.min(at.to, text.length)];
    setDoc(setPart(doc, at.lang, at.part, text.slice(0, from) + snippet + text.slice(to)));
    const place = from + snippet.length;
    caret.current = { ...at, from: place, to: place };
    requestAnimationFrame(() => {
      const field = document.getElementById(`body-${at.lang}-${at.part}`) as HTMLTextAreaElement | null;
      field?.focus();
      field?.setSelectionRange(place, place);
    });
  };

  return (
    <div className="page page-wide">
      <div className="page-head">
        <div className="page-titles">
          <nav aria-label={t('nav.crumbs')} className="crumbs">
            <Link to="/messages">{t('nav.messages')}</Link>
          </nav>
          <div className="title-line">
            <h1 className="page-title">{name}</h1>
            {template.shipped && <Chip>{t(base.version > 0 ? 'messages.changed' : 'messages.shipped')}</Chip>}
            {changed && <Chip tone="amber">{t('messages.unsaved')}</Chip>}
          </div>
          <UsedBy template={template} />
        </div>
        <div className="page-actions">
          <More
            template={base}
            onRestored={() => refetch().then(({ data }) => data && adopt(data))}
            onTake={(old) => setDoc({ ...docOf(old), key: doc.key })}
          />
          <Button
            type={changed || !asked ? 'primary' : 'default'}
            disabled={!canWrite || !changed || blocked}
            loading={save.isPending}
            onClick={() => submit()}
          >
            {t('action.save')}
          </Button>
          <BackToFlow template={doc.key} waiting={changed} />
        </div>
      </div>
      {left && (
        <Leftover
          at={left.at}
          onTake={() => {
            setDoc(left.doc);
            setLeft(undefined);
          }}
          onDrop={() => {
            forgetTemplate(workspace, template.key);
            setLeft(undefined);
          }}
        />
      )}
      {changed && <NotSaved error={save.error} kept={kept} onRetry={() => submit()} />}
      <div className="msg-columns">
        <div className="column-main">
          <Head doc={doc} onChange={setDoc} disabled={!canWrite} />
          <VariablePicker onInsert={insert} disabled={!canWrite} />
          <div className="msg-bodies">
            {langsFor(format.lang).map((language) => (
              <BodyEditor
                key={language}
                lang={language}
                doc={doc}
                findings={findings}
                disabled={!canWrite}
                onChange={setDoc}
                onCaret={(at) => {
                  caret.current = at;
                }}
                onFocus={() => setLang(language)}
              />
            ))}
          </div>
        </div>
        <div className="column-side">
          <Findings findings={findings} doc={doc} unchecked={preview.isError} />
          <PreviewPanel
            doc={shown}
            preview={preview}
            lang={lang}
            onLang={setLang}
            customer={customer}
            onCustomer={setCustomer}
            canTest={canWrite}
          />
        </div>
      </div>
    </div>
  );
}
