import { PlusOutlined } from '@ant-design/icons';
import { App, Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Calendar, useCalendarName, useCalendarOptions, useCalendars } from '@/shared/api/calendars';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useDeleteCalendar } from '../../api/contact';
import { yearSpans } from '../../model/calendars';
import { CalendarUpload } from './CalendarUpload';
import { PastVersions } from './PastVersions';
import { YearView } from './YearView';

export function CalendarsTab() {
  const { t } = useTranslation();
  const canWrite = useCan('settings.write');
  const calendars = useCalendars();
  const options = useCalendarOptions();
  const [shown, setShown] = useState<string>();
  const [upload, setUpload] = useState<{ replaces?: Calendar }>();
  if (calendars.error) return <ErrorState error={calendars.error} onRetry={() => calendars.refetch()} />;
  if (!calendars.data)
    return (
      <div className="section">
        <Lines rows={6} />
      </div>
    );
  const own = calendars.data.items.filter((calendar) => calendar.own);
  const id = shown ?? own[0]?.id ?? 'cn';
  return (
    <>
      <Section
        title={t('calendars.own')}
        count={own.length}
        className="settings-gap calendars-own"
        extra={
          canWrite && (
            <Button size="small" icon={<PlusOutlined />} onClick={() => setUpload({})}>
              {t('calendars.add')}
            </Button>
          )
        }
      >
        {own.length === 0 ? (
          <Empty small title={t('calendars.none')} text={t('calendars.noneText')} />
        ) : (
          <ul className="list">
            {own.map((calendar) => (
              <OwnCalendar
                key={calendar.id}
                calendar={calendar}
                onShow={() => setShown(calendar.id)}
                onReplace={() => setUpload({ replaces: calendar })}
                onGone={() => setShown(undefined)}
              />
            ))}
          </ul>
        )}
      </Section>
      <Section
        title={t('calendars.year')}
        className="calendars-year"
        extra={
          <Select
            className="calendars-pick"
            aria-label={t('conduct.calendar')}
            value={id}
            options={options}
            showSearch={{ optionFilterProp: 'label' }}
            popupMatchSelectWidth={false}
            onChange={setShown}
          />
        }
      >
        <YearView id={id} key={id} />
      </Section>
      {upload && (
        <CalendarUpload
          replaces={upload.replaces}
          onClose={(saved) => {
            setUpload(undefined);
            if (saved) setShown(saved);
          }}
        />
      )}
    </>
  );
}

type OwnProps = { calendar: Calendar; onShow: () => void; onReplace: () => void; onGone: () => void };

function OwnCalendar({ calendar, onShow, onReplace, onGone }: OwnProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const name = useCalendarName();
  const canWrite = useCan('settings.write');
  const { message, modal } = App.useApp();
  const remove = useDeleteCalendar();
  const { id, name: title = id, base, off = 0, work = 0, years, version = 1, at, by, past } = calendar;
  const facts = [
    base ? t('calendars.basedOn', { base: name(base) }) : t('calendars.blank'),
    t('calendars.offDays', { count: off }),
    work > 0 && t('calendars.workDays', { count: work }),
    t('calendars.covers', { years: yearSpans(years) }),
  ].filter(Boolean);
  const ask = () =>
    modal.confirm({
      title: t('calendars.deleteTitle', { name: title }),
      content: t('calendars.deleteText'),
      okText: t('calendars.delete'),
      okButtonProps: { danger: true },
      cancelText: t('action.cancel'),
      onOk: () =>
        remove.mutateAsync(id).then(onGone, (cause) => {
          const { title: said, text } = errorText(cause, t);
          message.error(text || said, 8);
        }),
    });
  return (
    <li className="list-row">
      <div className="list-body">
        <div className="list-line">
          <button type="button" className="row-title plain-button" onClick={onShow}>
            {title}
          </button>
        </div>
        <div className="list-sub">{facts.join(' · ')}</div>
        <div className="list-sub">
          {t('calendars.version', { n: version })} · {format.instant(at)}
          {by && ` · ${by.name}`}
        </div>
        {past && past.length > 0 && <PastVersions calendar={calendar} />}
      </div>
      {canWrite && (
        <div className="list-actions row-actions">
          <Button size="small" onClick={onReplace} aria-label={t('calendars.replaceNamed', { name: title })}>
            {t('calendars.replace')}
          </Button>
          <Button size="small" danger onClick={ask} aria-label={t('calendars.deleteNamed', { name: title })}>
            {t('calendars.delete')}
          </Button>
        </div>
      )}
    </li>
  );
}
