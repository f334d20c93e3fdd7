import { App, Button, Dropdown, Input, Segmented } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useCan } from '@/shared/api/session';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { type TemplateDetail, type TemplateDoc, useDeleteTemplate, useTemplates } from '../api/messages';
import { langsFor } from '../model/template';

const HistoryDrawer = lazy(() => import('./HistoryDrawer').then((m) => ({ default: m.HistoryDrawer })));
const NewTemplateDrawer = lazy(() =>
  import('./NewTemplateDrawer').then((m) => ({ default: m.NewTemplateDrawer })),
);

export function Head({
  doc,
  onChange,
  disabled,
}: {
  doc: TemplateDoc;
  onChange: (doc: TemplateDoc) => void;
  disabled: boolean;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="section msg-head" aria-label={t('messages.about')}>
      {langsFor(format.lang).map((lang) => (
        <div key={lang} className="msg-name">
          <label className="rf-label" htmlFor={`name-${lang}`}>
            {t('messages.nameIn', { language: t(`langName.${lang}`) })}
          </label>
          <Input
            id={`name-${lang}`}
            value={doc.name[lang] ?? ''}
            maxLength={120}
            disabled={disabled}
            onChange={({ target }) => onChange({ ...doc, name: { ...doc.name, [lang]: target.value } })}
          />
        </div>
      ))}
      <div>
        <span className="rf-label">{t('messages.tone')}</span>
        <Segmented
          aria-label={t('messages.tone')}
          disabled={disabled}
          value={doc.tone}
          onChange={(tone) => onChange({ ...doc, tone })}
          options={[1, 2, 3, 4].map((value) => ({ value, label: t(`messages.tones.${value}`) }))}
        />
      </div>
      <div>
        <span className="rf-label">{t('messages.kind')}</span>
        <Segmented
          aria-label={t('messages.kind')}
          disabled={disabled}
          value={doc.kind ?? ''}
          onChange={(kind) => onChange({ ...doc, kind: kind || undefined })}
          options={[
            { value: '', label: t('messages.letter') },
            { value: 'sms', label: t('messages.sms') },
          ]}
        />
      </div>
    </section>
  );
}

export function UsedBy({ template }: { template: TemplateDetail }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (template.usedBy.length === 0) return <div className="page-sub">{t('messages.unused')}</div>;
  return (
    <div className="page-sub">
      {t('messages.usedBy')}{' '}
      {template.usedBy.map(({ key, name }, at) => (
        <span key={key}>
          {at > 0 && t('messages.comma')}
          <Link to={`/flows/${key}`}>{format.text(name) || key}</Link>
        </span>
      ))}
    </div>
  );
}

type MoreProps = { template: TemplateDetail; onRestored: () => void; onTake: (doc: TemplateDoc) => void };

export function More({ template, onRestored, onTake }: MoreProps) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const navigate = useNavigate();
  const canWrite = useCan('template.write');
  const templates = useTemplates();
  const remove = useDeleteTemplate();
  const [copying, setCopying] = useState(false);
  const [history, setHistory] = useState(false);
  const take = (doc: TemplateDoc) => {
    onTake(doc);
    setHistory(false);
  };
  const ask = () =>
    modal.confirm({
      title: t(template.shipped ? 'messages.restoreAsk' : 'messages.deleteAsk'),
      content: t(template.shipped ? 'messages.restoreText' : 'messages.deleteText'),
      okText: t(template.shipped ? 'messages.restore' : 'messages.delete'),
      okButtonProps: { danger: true },
      onOk: () =>
        remove.mutateAsync({ key: template.key, version: template.version }).then(
          () => (template.shipped ? onRestored() : navigate('/messages')),
          (error) => message.error(errorText(error, t).text),
        ),
    });
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'history', label: t('messages.history'), onClick: () => setHistory(true) },
            {
              key: 'copy',
              label: t('messages.copy'),
              disabled: !canWrite,
              onClick: () => setCopying(true),
            },
            template.shipped
              ? {
                  key: 'restore',
                  label: t('messages.restore'),
                  disabled: !canWrite || template.version === 0,
                  danger: true,
                  onClick: ask,
                }
              : {
                  key: 'delete',
                  label: t('messages.delete'),
                  danger: true,
                  disabled: !canWrite,
                  onClick: ask,
                },
          ],
        }}
      >
        <Button>{t('action.more')}</Button>
      </Dropdown>
      <Suspense fallback={null}>
        {history && (
          <HistoryDrawer
            template={template.key}
            onTake={canWrite ? take : undefined}
            onClose={() => setHistory(false)}
          />
        )}
        {copying && (
          <NewTemplateDrawer
            from={template.key}
            templates={templates.data ?? []}
            onClose={() => setCopying(false)}
          />
        )}
      </Suspense>
    </>
  );
}
