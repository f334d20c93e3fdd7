import '../texts';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { useCan } from '@/shared/api/session';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { useInSight } from '@/shared/lib/useInSight';
import { Chip } from '@/shared/ui/Chip';
import { FilterBar, Pick, SearchBox } from '@/shared/ui/Filters';
import { Page } from '@/shared/ui/Page';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { type CatalogSource, type PackCard, useCatalog } from '../api/packs';
import { found, standingOf, tradesOf } from '../model/catalog';
import { Channels } from './Channels';
import { FileButton } from './FileButton';
import { Files } from './Files';
import { Sources, stateTone } from './Sources';

const InstalledTab = lazy(() => import('./InstalledTab').then((m) => ({ default: m.InstalledTab })));

const tabs = ['catalog', 'installed'] as const;

export default function MarketPage() {
  const { t } = useTranslation();
  const [params] = useSearchParams();
  const canWrite = useCan('pack.write');
  const tab = params.get('tab') === 'installed' ? 'installed' : 'catalog';
  const parts = useInSight<HTMLElement>(tab);
  return (
    <Page title={t('nav.market')} sub={t('market.sub')} actions={canWrite && <FileButton />}>
      <nav ref={parts} className="subnav" aria-label={t('market.parts')}>
        {tabs.map((known) => (
          <Link
            key={known}
            to={known === 'catalog' ? '/market' : `/market?tab=${known}`}
            className={known === tab ? 'subnav-link active' : 'subnav-link'}
            aria-current={known === tab ? 'page' : undefined}
          >
            {t(`market.tab.${known}`)}
          </Link>
        ))}
      </nav>
      <Suspense fallback={<Lines rows={6} />}>
        {tab === 'installed' ? (
          <>
            <InstalledTab canWrite={canWrite} />
            <Files canWrite={canWrite} />
          </>
        ) : (
          <Catalog />
        )}
      </Suspense>
    </Page>
  );
}

function Catalog() {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useCatalog();
  const [search, setSearch] = useState('');
  const [trade, setTrade] = useState<string>();
  if (catalog.error && !catalog.data)
    return <ErrorState error={catalog.error} onRetry={() => catalog.refetch()} />;
  if (!catalog.data)
    return (
      <div className="pack-grid" aria-busy="true">
        {['a', 'b', 'c', 'd', 'e', 'f'].map((place) => (
          <div key={place} className="section pack-ghost">
            <Lines rows={4} />
          </div>
        ))}
      </div>
    );
  const { items, sources } = catalog.data;
  const shown = found(items, search, trade);
  return (
    <>
      <FilterBar>
        <SearchBox label={t('market.search')} value={search} onSearch={setSearch} />
        <Pick
          label={t('market.trade')}
          value={trade}
          options={tradesOf(items, format.lang)}
          onChange={setTrade}
        />
        <span className="pack-count" role="status">
          {t('market.count', { count: shown.length })}
        </span>
      </FilterBar>
      {shown.length === 0 ? (
        <div className="section">
          <Empty title={t('market.none')} text={t('market.noneText')} />
        </div>
      ) : (
        <ul className="pack-grid">
          {shown.map((pack) => (
            <Card key={pack.id} pack={pack} source={sources.find(({ id }) => id === pack.catalog)} />
          ))}
        </ul>
      )}
      <Sources sources={sources} />
    </>
  );
}

function Card({ pack, source }: { pack: PackCard; source?: CatalogSource }) {
  const { t } = useTranslation();
  const format = useFormat();
  const standing = standingOf(pack);
  return (
    <li className="section pack-card">
      <div className="pack-card-top">
        <span className="pack-trade">{format.text(pack.trade)}</span>
        {source && (
          <Chip tone={stateTone[source.state]}>{format.text(source.name ?? undefined) || source.at}</Chip>
        )}
        {standing === 'installed' && <Chip tone="green">{t('market.installed')}</Chip>}
        {standing === 'upgrade' && (
          <Chip tone="amber">{t('market.updateTo', { version: pack.version })}</Chip>
        )}
      </div>
      <h2 className="pack-name" dir="auto">
        <Link className="pack-link" to={`/market/${pack.id}${pack.file ? `?file=${pack.file}` : ''}`}>
          {format.text(pack.name) || pack.id}
        </Link>
      </h2>
      <p className="pack-about">{format.text(pack.about)}</p>
      <div className="pack-card-foot">
        <Channels channels={pack.channels} />
        <span className="pack-size">
          {t('market.flows', { count: pack.flows })} · {t('market.messages', { count: pack.messages })}
        </span>
      </div>
    </li>
  );
}
