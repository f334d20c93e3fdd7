import '../texts';
import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useCan } from '@/shared/api/session';
import type { Lang } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { useInSight } from '@/shared/lib/useInSight';
import { Chip } from '@/shared/ui/Chip';
import { Page } from '@/shared/ui/Page';
import { ErrorState, Lines } from '@/shared/ui/states';
import { type Template, useTemplates, useVariables } from '../api/messages';
import { langs } from '../model/template';
import { useVariableLabel } from './useVariableLabel';

const AnswersTab = lazy(() => import('./AnswersTab').then((m) => ({ default: m.AnswersTab })));
const WordingTab = lazy(() => import('./WordingTab').then((m) => ({ default: m.WordingTab })));
const TestsTab = lazy(() => import('./TestsTab').then((m) => ({ default: m.TestsTab })));
const NewTemplateDrawer = lazy(() =>
  import('./NewTemplateDrawer').then((m) => ({ default: m.NewTemplateDrawer })),
);

const tabs = ['templates', 'answers', 'wording', 'tests'] as const;
type Tab = (typeof tabs)[number];

export default function MessagesPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const canWrite = useCan('template.write');
  const tab = tabs.find((known) => known === params.get('tab')) ?? 'templates';
  const parts = useInSight<HTMLElement>(tab);
  const [creating, setCreating] = useState(params.get('new') === '1' && canWrite);
  const templates = useTemplates();
  return (
    <Page
      title={t('nav.messages')}
      sub={t('messages.sub')}
      actions={
        tab === 'templates' &&
        canWrite && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => setCreating(true)}>
            {t('messages.new')}
          </Button>
        )
      }
    >
      <nav ref={parts} className="subnav" aria-label={t('messages.parts')}>
        {tabs
          .filter((known) => known !== 'tests' || canWrite)
          .map((known) => (
            <Link
              key={known}
              to={known === 'templates' ? '/messages' : `/messages?tab=${known}`}
              className={known === tab ? 'subnav-link active' : 'subnav-link'}
              aria-current={known === tab ? 'page' : undefined}
            >
              {t(`messages.tab.${known}`)}
            </Link>
          ))}
      </nav>
      <Suspense fallback={<Lines rows={6} />}>
        <TabBody tab={tab} templates={templates} />
        {creating && (
          <NewTemplateDrawer onClose={() => setCreating(false)} templates={templates.data ?? []} />
        )}
      </Suspense>
    </Page>
  );
}

function TabBody({ tab, templates }: { tab: Tab; templates: ReturnType<typeof useTemplates> }) {
  if (tab === 'answers') return <AnswersTab />;
  if (tab === 'wording') return <WordingTab />;
  if (tab === 'tests') return <TestsTab />;
  if (templates.error) return <ErrorState error={templates.error} onRetry={() => templates.refetch()} />;
  if (!templates.data)
    return (
      <div className="section">
        <Lines rows={6} />
      </div>
    );
  return <TemplateList templates={templates.data} />;
}

/** The subject, or how the text begins, with names where values will stand; of two wordings the first. */
function summary({ variant }: Template, lang: Lang, nameOf: (path: string) => string): string {
  const body = variant[lang] ?? Object.values(variant)[0];
  return (body?.subject || body?.text || '')
    .replaceAll(/\{%-?\s*else\b[\s\S]*?\{%-?\s*endif\s*-?%\}/g, '')
    .replaceAll(/\{%[^%]*%\}/g, '')
    .replaceAll(/\{\{\s*([\w.]+)[^}]*\}\}/g, (_, path: string) => `‹${nameOf(path)}›`);
}

function TemplateList({ templates }: { templates: Template[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: variables } = useVariables();
  const labelOf = useVariableLabel();
  const nameOf = (path: string) =>
    labelOf(variables?.find((known) => known.path === path) ?? { path, label: {} });
  const sorted = [...templates].sort((a, b) => (a.kind ?? '').localeCompare(b.kind ?? '') || a.tone - b.tone);
  return (
    <ul className="section list">
      {sorted.map((template) => (
        <li key={template.key} className="list-row">
          <div className="list-body">
            <div className="list-line">
              <Link className="row-title" to={`/messages/${template.key}`}>
                {format.text(template.name) || template.key}
              </Link>
            </div>
            <div className="list-sub msg-subject">{summary(template, format.lang, nameOf)}</div>
          </div>
          <span className="cell-chips">
            <Chip tone={template.tone > 2 ? 'amber' : 'blue'}>{t(`messages.tones.${template.tone}`)}</Chip>
            {template.kind === 'sms' && <Chip>{t('messages.sms')}</Chip>}
            {langs.filter((lang) => template.variant[lang]).length < langs.length && (
              <Chip tone="amber">{t('messages.oneLanguage')}</Chip>
            )}
            {template.shipped && template.version > 0 && <Chip>{t('messages.changed')}</Chip>}
          </span>
        </li>
      ))}
    </ul>
  );
}
