import { useTranslation } from 'react-i18next';
import { useDebounced } from '@/shared/lib/useDebounced';
import { useFormat } from '@/shared/lib/useFormat';
import { useMatches } from '../api/designer';
import type { Filter } from '../model/document';
import { usePanel } from './context';

/** How many records the condition fits right now, with a few of them by name. */
export function Matches({ filter }: { filter?: Filter }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { form } = usePanel();
  const settled = useDebounced(filter, 500);
  const { data, isError, isPlaceholderData } = useMatches(form, settled, true);
  if (isError) return <p className="matches matches-bad">{t('designer.matches.unclear')}</p>;
  if (!data) return <p className="matches">{t('designer.matches.counting')}</p>;
  const names = data.sample.map(({ label }) => label);
  const kind = form === 'customer' ? 'customer' : 'invoice';
  return (
    <p
      className={isPlaceholderData || settled !== filter ? 'matches matches-stale' : 'matches'}
      role="status"
    >
      <strong className="num">
        {t(`designer.matches.${kind}`, { count: data.count, number: format.number(data.count) })}
      </strong>
      {names.length > 0 && (
        <span className="matches-sample">
          {t('designer.matches.sample', { names: names.slice(0, 3).join(t('designer.comma')) })}
        </span>
      )}
    </p>
  );
}
