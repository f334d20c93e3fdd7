import { App, Button, Drawer } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Calendar } from '@/shared/api/calendars';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { useRestoreCalendar } from '../../api/contact';
import { YearView } from './YearView';

/** The older versions of a calendar: each can be looked at, and taken back. */
export function PastVersions({ calendar }: { calendar: Calendar }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const canWrite = useCan('settings.write');
  const restore = useRestoreCalendar();
  const [shown, setShown] = useState<number>();
  const { id, name = id, past = [], version: now = 1 } = calendar;
  const takeBack = (version: number) =>
    restore.mutate(
      { id, version, now },
      {
        onSuccess: () => {
          setShown(undefined);
          message.success(t('calendars.restored', { n: version }));
        },
        onError: (cause) => {
          const { title, text } = errorText(cause, t);
          message.error(text || title);
        },
      },
    );
  return (
    <details className="calendars-past">
      <summary>{t('calendars.past', { count: past.length })}</summary>
      <ul>
        {past.map(({ version, at, off, by }) => (
          <li key={version} className="list-sub calendars-old">
            <span>
              {t('calendars.version', { n: version })} · {format.instant(at)}
              {by && ` · ${by.name}`} · {t('calendars.offDays', { count: off })}
            </span>
            <Button
              size="small"
              onClick={() => setShown(version)}
              aria-label={t('calendars.lookNamed', { n: version, name })}
            >
              {t('calendars.look')}
            </Button>
            {canWrite && (
              <Button
                size="small"
                loading={restore.isPending && restore.variables.version === version}
                onClick={() => takeBack(version)}
                aria-label={t('calendars.restoreNamed', { n: version, name })}
              >
                {t('calendars.restore')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Drawer
        open={shown !== undefined}
        size={720}
        destroyOnHidden
        title={t('calendars.versionOf', { n: shown, name })}
        onClose={() => setShown(undefined)}
        footer={
          canWrite && (
            <div className="drawer-foot">
              <Button onClick={() => setShown(undefined)}>{t('action.cancel')}</Button>
              <Button
                type="primary"
                loading={restore.isPending}
                onClick={() => shown !== undefined && takeBack(shown)}
              >
                {t('calendars.restore')}
              </Button>
            </div>
          )
        }
      >
        <p className="drawer-sub">{t('calendars.restoreText')}</p>
        {shown !== undefined && <YearView id={id} version={shown} />}
      </Drawer>
    </details>
  );
}
