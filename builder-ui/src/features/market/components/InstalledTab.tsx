import { Button } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useFlowNames } from '@/shared/api/flows';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { type Installed, useInstalled } from '../api/packs';
import { isNewer } from '../model/catalog';

const UninstallDialog = lazy(() => import('./UninstallDialog').then((m) => ({ default: m.UninstallDialog })));

/** The packs of this workspace: which version, what came with them, and the ways forward and back. */
export function InstalledTab({ canWrite }: { canWrite: boolean }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const installed = useInstalled();
  const [leaving, setLeaving] = useState<Installed>();
  if (installed.error && !installed.data)
    return <ErrorState error={installed.error} onRetry={() => installed.refetch()} />;
  if (!installed.data)
    return (
      <div className="section" aria-busy="true">
        <Lines rows={4} />
      </div>
    );
  if (installed.data.length === 0)
    return (
      <div className="section">
        <Empty
          title={t('market.noneInstalled')}
          text={t('market.noneInstalledText')}
          action={
            <Button type="primary" onClick={() => navigate('/market')}>
              {t('market.toMarket')}
            </Button>
          }
        />
      </div>
    );
  return (
    <>
      <ul className="section list">
        {installed.data.map((pack) => (
          <Row key={pack.id} pack={pack} canWrite={canWrite} onLeave={() => setLeaving(pack)} />
        ))}
      </ul>
      <Suspense fallback={null}>
        {leaving && <UninstallDialog pack={leaving} onClose={() => setLeaving(undefined)} />}
      </Suspense>
    </>
  );
}

function Row({ pack, canWrite, onLeave }: { pack: Installed; canWrite: boolean; onLeave: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const all = useFlowNames().data;
  const flowName = (key: string) => format.text(all?.find((flow) => flow.key === key)?.name) || key;
  const by = pack.by?.name;
  const name = format.text(pack.name) || pack.id;
  const newer = pack.latest !== undefined && pack.latest !== '' && isNewer(pack.latest, pack.version);
  const flows = (pack.objects ?? []).filter(({ kind }) => kind === 'flows');
  const go = (more: string) => navigate(`/market/${pack.id}?install=1${more}`);
  return (
    <li className="list-row pack-row">
      <div className="list-body">
        <div className="list-line">
          <Link className="row-title" to={`/market/${pack.id}${pack.file ? `?file=${pack.file}` : ''}`}>
            {name}
          </Link>{' '}
          <span className="num list-sub">{pack.version}</span>
        </div>
        <div className="list-sub">
          {t(by ? 'market.installedBy' : 'market.installedAt', { at: format.instant(pack.at), name: by })}
        </div>
        {flows.length > 0 && (
          <div className="list-sub pack-flows">
            {flows.map(({ as }) => (
              <Link key={as} to={`/flows/${as}`}>
                {t('market.flowOf', { name: flowName(as) })}
              </Link>
            ))}
          </div>
        )}
      </div>
      <span className="cell-chips">
        {pack.state === 'changing' && <Chip tone="amber">{t('market.changing')}</Chip>}
        {newer && <Chip tone="blue">{t('market.updateTo', { version: pack.latest })}</Chip>}
      </span>
      {canWrite && (
        <span className="pack-row-actions">
          {newer && (
            <Button
              type="primary"
              aria-label={t('market.named', { what: t('market.upgrade'), name })}
              onClick={() => go(pack.latestFile ? `&file=${pack.latestFile}` : '')}
            >
              {t('market.upgrade')}
            </Button>
          )}
          {pack.canRollBack && (
            <Button
              aria-label={t('market.named', { what: t('market.rollBack'), name })}
              onClick={() => go('&rollback=1')}
            >
              {t('market.rollBack')}
            </Button>
          )}
          <Button aria-label={t('market.named', { what: t('market.uninstall'), name })} onClick={onLeave}>
            {t('market.uninstall')}
          </Button>
        </span>
      )}
    </li>
  );
}
