import { Checkbox } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import type { Plan } from '../api/packs';

type Props = { plan: Plan; wanted: string[]; onWant: (wanted: string[]) => void };

/** The calendars of a pack: none is installed, and none of the workspace's changed, unless it is ticked. */
export function Calendars({ plan, wanted, onWant }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const may = useCan('settings.write');
  const list = (plan.objects ?? []).filter(({ kind }) => kind === 'calendars');
  if (list.length === 0) return null;
  return (
    <div className="pack-part">
      <h3 className="pack-part-title">{t('market.calendars')}</h3>
      <p className="list-sub">{t('market.calendarsText')}</p>
      {list.map(({ key, as, name, standing = 'new' }) => {
        const called = format.text(name) || as;
        return (
          <div key={key} className="pack-field">
            {standing === 'same' ? (
              <span className="pack-field-name">{called}</span>
            ) : (
              <Checkbox
                checked={wanted.includes(key)}
                disabled={!may}
                onChange={({ target }) =>
                  onWant(target.checked ? [...wanted, key] : wanted.filter((other) => other !== key))
                }
              >
                {t('market.calendarTake', { name: called })}
              </Checkbox>
            )}
            <p className="list-sub">{t(`market.calendarStands.${standing}`)}</p>
            {!may && standing !== 'same' && <p className="list-sub">{t('market.calendarDenied')}</p>}
          </div>
        );
      })}
    </div>
  );
}
