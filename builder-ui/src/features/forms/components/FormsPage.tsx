import '../texts';
import { ImportOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Page } from '@/shared/ui/Page';
import { ErrorState, Lines } from '@/shared/ui/states';
import { type FormEntry, useForms } from '../api/forms';

const NewFormDrawer = lazy(() => import('./NewFormDrawer').then((m) => ({ default: m.NewFormDrawer })));
const ImportDrawer = lazy(() => import('./ImportDrawer').then((m) => ({ default: m.ImportDrawer })));

export default function FormsPage() {
  const { t } = useTranslation();
  const canWrite = useCan('form.write');
  const forms = useForms();
  const [drawer, setDrawer] = useState<'new' | 'import'>();
  const own = forms.data?.filter(({ builtin }) => !builtin) ?? [];
  const builtin = forms.data?.filter((form) => form.builtin) ?? [];
  return (
    <Page
      title={t('nav.forms')}
      sub={t('forms.sub')}
      actions={
        canWrite && (
          <>
            <Button icon={<ImportOutlined />} onClick={() => setDrawer('import')}>
              {t('forms.import')}
            </Button>
            <Button type="primary" icon={<PlusOutlined />} onClick={() => setDrawer('new')}>
              {t('forms.new')}
            </Button>
          </>
        )
      }
    >
      {forms.error ? (
        <ErrorState error={forms.error} onRetry={() => forms.refetch()} />
      ) : !forms.data ? (
        <div className="section">
          <Lines rows={6} />
        </div>
      ) : (
        <div className="fd-lists">
          <FormList title={t('forms.own')} forms={own} empty={t('forms.noneOwn')} />
          <FormList title={t('forms.builtins')} forms={builtin} />
        </div>
      )}
      <Suspense fallback={null}>
        {drawer === 'new' && <NewFormDrawer onClose={() => setDrawer(undefined)} forms={forms.data ?? []} />}
        {drawer === 'import' && (
          <ImportDrawer onClose={() => setDrawer(undefined)} forms={forms.data ?? []} />
        )}
      </Suspense>
    </Page>
  );
}

function FormList({ title, forms, empty }: { title: string; forms: FormEntry[]; empty?: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="section" aria-label={title}>
      <div className="section-head">
        <h2 className="section-title">{title}</h2>
        <span className="section-count num">{forms.length}</span>
      </div>
      {forms.length === 0 ? (
        <p className="fd-none">{empty}</p>
      ) : (
        <ul className="list">
          {forms.map((form) => {
            const name = format.text((form.draft ?? form).name) || form.key;
            const count = Object.keys((form.draft ?? form).schema?.properties ?? {}).length;
            return (
              <li key={form.key} className="list-row">
                <div className="list-body">
                  <div className="list-line">
                    <Link className="row-title" to={`/forms/${form.key}`}>
                      {name}
                    </Link>{' '}
                    {form.draft && <Chip tone="amber">{t('forms.draft')}</Chip>}
                  </div>
                  <div className="list-sub num">
                    {[
                      t('forms.fieldCount', { count }),
                      form.revision > 0
                        ? t('forms.revisionAt', { revision: form.revision })
                        : t('forms.neverPublished'),
                    ].join(' · ')}
                  </div>
                </div>
                {form.revision > 0 && !form.builtin && (
                  <div className="list-actions">
                    <Link to={`/forms/${form.key}/records`} aria-label={t('forms.recordsOf', { name })}>
                      {t('forms.records')}
                    </Link>
                  </div>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
