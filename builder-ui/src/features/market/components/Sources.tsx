import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip, type Tone } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import type { CatalogSource } from '../api/packs';

export const stateTone: Record<CatalogSource['state'], Tone> = {
  trusted: 'green',
  unknown: 'amber',
  unsigned: 'amber',
};

/** The catalogues that packs come from besides the product: who signed them, and how fresh they are. */
export function Sources({ sources }: { sources: CatalogSource[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (sources.length === 0) return null;
  return (
    <Section title={t('market.sources')} count={sources.length} className="pack-sources">
      <ul className="list">
        {sources.map((source) => (
          <li key={source.id} className="list-row">
            <div className="list-body">
              <div className="list-line">
                <span className="row-title" dir="auto">
                  {format.text(source.name ?? undefined) || source.at}
                </span>{' '}
                {source.got && (
                  <Chip tone={stateTone[source.state]}>{t(`market.sourceState.${source.state}`)}</Chip>
                )}
              </div>
              <div className="list-sub">
                {[
                  format.text(source.name ?? undefined) && source.at,
                  t('market.count', { count: source.count }),
                  source.got && t('market.sourceGot', { at: format.instant(source.got) }),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </div>
              {source.problem && (
                <p className="pack-error" role="status">
                  {source.problem} {t(source.got ? 'market.sourceKept' : 'market.sourceNone')}
                </p>
              )}
              {source.wrong?.map((one) => (
                <p key={one.file} className="pack-error">
                  {t('market.sourceWrong', {
                    name: format.text(one.name) || one.id,
                    version: one.version,
                    why: one.problem,
                  })}
                </p>
              ))}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}
