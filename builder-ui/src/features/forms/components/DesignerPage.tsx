import '../texts';
import { HistoryOutlined, RedoOutlined, UndoOutlined } from '@ant-design/icons';
import { Alert, App, Button, Dropdown, Segmented, Tooltip } from 'antd';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { useCan, useMe } from '@/shared/api/session';
import { same } from '@/shared/lib/json';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { useTitle } from '@/shared/lib/useTitle';
import { Chip } from '@/shared/ui/Chip';
import { ErrorState, errorText, PageSkeleton } from '@/shared/ui/states';
import { type FormEntry, useDiscard, useForm } from '../api/forms';
import { forget, type Kept, kept } from '../model/keep';
import { docOf, useDesigner } from '../model/store';
import { useAutosave } from '../model/useAutosave';
import { Canvas } from './Canvas';
import { Palette } from './Palette';
import { Properties } from './Properties';
import { SaveState } from './SaveState';

const JsonPane = lazy(() => import('./JsonPane').then((m) => ({ default: m.JsonPane })));
const PreviewPane = lazy(() => import('./PreviewPane').then((m) => ({ default: m.PreviewPane })));
const PublishDrawer = lazy(() => import('./PublishDrawer').then((m) => ({ default: m.PublishDrawer })));
const RevisionsDrawer = lazy(() => import('./RevisionsDrawer').then((m) => ({ default: m.RevisionsDrawer })));

type Mode = 'design' | 'preview' | 'json';

export default function DesignerPage() {
  const { key = '' } = useParams();
  const form = useForm(key);
  const [opened, setOpened] = useState('');
  const [left, setLeft] = useState<Kept>();
  const workspace = useMe().workspace.key;

  useEffect(() => {
    if (!form.data || opened === key) return;
    useDesigner.getState().open(form.data);
    const found = kept(workspace, key);
    const fresh = found && !same(found.doc, docOf(form.data));
    setLeft(fresh ? found : undefined);
    if (found && !fresh) forget(workspace, key);
    setOpened(key);
  }, [form.data, key, opened, workspace]);

  if (form.error && opened !== key)
    return (
      <div className="page">
        <ErrorState level={1} error={form.error} onRetry={() => form.refetch()} />
      </div>
    );
  if (!form.data || opened !== key) return <PageSkeleton />;
  return <Designer entry={form.data} left={left} onDecided={() => setLeft(undefined)} />;
}

function Designer({ entry, left, onDecided }: { entry: FormEntry; left?: Kept; onDecided: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const workspace = useMe().workspace.key;
  const { doc, revision, builtin, said } = useDesigner();
  const [mode, setMode] = useState<Mode>('design');
  const canWrite = useCan('form.write');
  const name = format.text(doc.name) || doc.key;
  useTitle(t('forms.designTitle', { name }));
  useAutosave();
  useShortcuts(mode === 'design');

  const restore = () => {
    if (left) useDesigner.getState().open(entry, left.doc);
    onDecided();
  };
  const drop = () => {
    forget(workspace, doc.key);
    onDecided();
  };

  return (
    <div className="fd">
      <header className="fd-head">
        <div className="fd-titles">
          <nav aria-label={t('nav.crumbs')} className="crumbs">
            <Link to="/forms">{t('nav.forms')}</Link>
          </nav>
          <div className="title-line">
            <h1 className="page-title">{name}</h1>
            {builtin && <Chip>{t('forms.builtin')}</Chip>}
            <Chip tone={revision > 0 ? 'green' : 'neutral'}>
              {revision > 0 ? t('forms.revisionAt', { revision }) : t('forms.neverPublished')}
            </Chip>
            <SaveState />
          </div>
        </div>
        <Segmented
          aria-label={t('forms.view')}
          value={mode}
          onChange={setMode}
          options={(['design', 'preview', 'json'] as const).map((value) => ({
            value,
            label: t(`forms.mode.${value}`),
          }))}
        />
        <Tools hasDraft={entry.draft !== undefined} />
      </header>
      {left && (
        <Alert
          type="info"
          showIcon
          title={t('forms.leftover', { at: format.instant(new Date(left.at).toISOString()) })}
          action={
            <span className="inline">
              <Button size="small" type="primary" onClick={restore}>
                {t('forms.takeUp')}
              </Button>
              <Button size="small" onClick={drop}>
                {t('forms.dropIt')}
              </Button>
            </span>
          }
        />
      )}
      {!canWrite && <Alert type="info" showIcon title={t('forms.readOnly')} />}
      <p className="sr-only" role="status">
        {said}
      </p>
      {mode === 'design' ? (
        <div className="fd-panes">
          <Palette />
          <Canvas />
          <Properties />
        </div>
      ) : (
        <Suspense fallback={<PageSkeleton />}>{mode === 'json' ? <JsonPane /> : <PreviewPane />}</Suspense>
      )}
    </div>
  );
}

function Tools({ hasDraft }: { hasDraft: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { modal, message } = App.useApp();
  const { doc, past, future, state, revision, version, undo, redo } = useDesigner();
  const canPublish = useCan('form.publish');
  const discard = useDiscard();
  const [drawer, setDrawer] = useState<'publish' | 'revisions'>();
  const draft = hasDraft || state !== 'saved' || past.length > 0;
  const askDiscard = () =>
    modal.confirm({
      title: t('forms.discardAsk'),
      content: t(revision > 0 ? 'forms.discardText' : 'forms.discardNew'),
      okText: t('forms.discard'),
      okButtonProps: { danger: true },
      onOk: () =>
        discard.mutateAsync({ key: doc.key, version }).then(
          () => navigate('/forms'),
          (error) => message.error(errorText(error, t).text),
        ),
    });
  return (
    <div className="fd-actions">
      <Tooltip title={t('forms.undo')}>
        <Button
          icon={<UndoOutlined />}
          aria-label={t('forms.undo')}
          disabled={past.length === 0}
          onClick={undo}
        />
      </Tooltip>
      <Tooltip title={t('forms.redo')}>
        <Button
          icon={<RedoOutlined />}
          aria-label={t('forms.redo')}
          disabled={future.length === 0}
          onClick={redo}
        />
      </Tooltip>
      <Dropdown
        trigger={['click']}
        menu={{
          items: [
            { key: 'revisions', label: t('forms.revisions'), onClick: () => setDrawer('revisions') },
            {
              key: 'records',
              label: t('forms.records'),
              disabled: revision === 0,
              onClick: () => navigate(`/forms/${doc.key}/records`),
            },
            {
              key: 'discard',
              label: t('forms.discard'),
              danger: true,
              disabled: !draft || state !== 'saved',
              onClick: askDiscard,
            },
          ],
        }}
      >
        <Button icon={<HistoryOutlined />}>{t('action.more')}</Button>
      </Dropdown>
      <Button
        type="primary"
        disabled={!canPublish || state !== 'saved' || (!hasDraft && past.length === 0)}
        onClick={() => setDrawer('publish')}
      >
        {t('forms.publish')}
      </Button>
      <Suspense fallback={null}>
        {drawer === 'revisions' && <RevisionsDrawer open onClose={() => setDrawer(undefined)} />}
        {drawer === 'publish' && <PublishDrawer open onClose={() => setDrawer(undefined)} />}
      </Suspense>
    </div>
  );
}

/** Undo and redo from anywhere but a text being typed, which has its own. */
function useShortcuts(designing: boolean) {
  useEffect(() => {
    const keys = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement;
      if (target.closest('input, textarea, [contenteditable]') || !(event.ctrlKey || event.metaKey)) return;
      const { undo, redo } = useDesigner.getState();
      const key = event.key.toLowerCase();
      if (key === 'z' && !event.shiftKey) undo();
      else if (key === 'y' || (key === 'z' && event.shiftKey)) redo();
      else return;
      event.preventDefault();
    };
    if (!designing) return;
    document.addEventListener('keydown', keys);
    return () => document.removeEventListener('keydown', keys);
  }, [designing]);
}
