import '../texts';
import { Button } from 'antd';
import { Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { useCan } from '@/shared/api/session';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Fact, Page } from '@/shared/ui/Page';
import { ErrorState, PageSkeleton } from '@/shared/ui/states';
import { type PackDetail, usePack } from '../api/packs';
import { standingOf } from '../model/catalog';
import { Channels } from './Channels';
import { Changes, Fields, Flows, Messages } from './PackParts';
import { Trial } from './Trial';

const InstallPage = lazy(() => import('./InstallPage').then((m) => ({ default: m.InstallPage })));

export default function PackPage() {
  const { id = '' } = useParams();
  const [params] = useSearchParams();
  const canWrite = useCan('pack.write');
  const file = params.get('file') ?? undefined;
  const installing = params.has('install') && canWrite;
  const pack = usePack(id, file, !installing);
  if (installing)
    return (
      <Suspense fallback={<PageSkeleton />}>
        <InstallPage key={`${id}${file}`} id={id} file={file} rollback={params.has('rollback')} />
      </Suspense>
    );
  if (pack.data) return <About pack={pack.data} canWrite={canWrite} />;
  if (pack.error)
    return (
      <div className="page">
        <ErrorState error={pack.error} onRetry={() => pack.refetch()} level={1} />
      </div>
    );
  return <PageSkeleton />;
}

function About({ pack, canWrite }: { pack: PackDetail; canWrite: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <nav className="page crumbs pack-crumbs" aria-label={t('nav.crumbs')}>
        <Link to="/market">{t('nav.market')}</Link>
      </nav>
      <Page
        title={format.text(pack.name) || pack.id}
        sub={format.text(pack.about)}
        actions={canWrite && <MainAction pack={pack} />}
      >
        <div className="columns pack-columns">
          <div className="column-main">
            <Flows flows={pack.flows ?? []} />
            <Trial pack={pack} canWrite={canWrite} />
            <Messages messages={pack.messages ?? []} />
          </div>
          <div className="column-side">
            <aside className="section pack-facts" aria-label={t('market.facts')}>
              <dl>
                <Fact label={t('market.trade')}>{format.text(pack.trade)}</Fact>
                <Fact label={t('market.channels')}>
                  <Channels channels={pack.channels} />
                </Fact>
                <Fact label={t('market.version')}>
                  <span className="num">{pack.version}</span>
                </Fact>
                <Fact label={t('market.publisher')}>{pack.publisher}</Fact>
                {pack.licence && <Fact label={t('market.licence')}>{pack.licence}</Fact>}
              </dl>
              <p className="pack-promise">{t('market.draft')}</p>
            </aside>
            <Fields fields={pack.fields ?? []} />
            <Changes changes={pack.changes ?? []} />
          </div>
        </div>
      </Page>
    </>
  );
}

function MainAction({ pack }: { pack: PackDetail }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const standing = standingOf(pack);
  const to = `/market/${pack.id}?install=1${pack.file ? `&file=${pack.file}` : ''}`;
  if (standing === 'installed')
    return (
      <span className="pack-standing">
        <Chip tone="green" dot>
          {t('market.installedVersion', { version: pack.installed })}
        </Chip>
        <Button onClick={() => navigate(to)}>{t('market.changeAnswers')}</Button>
      </span>
    );
  return (
    <Button type="primary" onClick={() => navigate(to)}>
      {standing === 'upgrade' ? t('market.upgradeTo', { version: pack.version }) : t('market.install')}
    </Button>
  );
}
