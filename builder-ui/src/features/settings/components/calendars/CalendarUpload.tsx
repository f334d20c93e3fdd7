import { App, Button, Drawer, Input, Select } from 'antd';
import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Calendar, useCalendarOptions } from '@/shared/api/calendars';
import { base64 } from '@/shared/lib/base64';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText, Lines } from '@/shared/ui/states';
import { usePreviewCalendar, useSaveCalendar } from '../../api/contact';
import { type CalendarPreview, maxCalendarFile, yearSpans } from '../../model/calendars';
import { Months } from './YearView';

type Props = { replaces?: Calendar; onClose: (saved?: string) => void };

/** A file is looked at before it is saved: what was read, what was not, which years it covers. */
export function CalendarUpload({ replaces, onClose }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const built = useCalendarOptions().filter(
    ({ value, own }) => !own && value !== 'everyday' && value !== 'weekdays',
  );
  const preview = usePreviewCalendar();
  const save = useSaveCalendar();
  const [name, setName] = useState(replaces?.name ?? '');
  const [base, setBase] = useState(replaces?.base ?? '');
  const [file, setFile] = useState<{ name: string; data: string }>();
  const [wrong, setWrong] = useState('');

  const look = (chosen: { name: string; data: string }, on: string) =>
    preview.mutate(
      { base: on, file: chosen.name, data: chosen.data },
      { onError: (cause) => setWrong(errorText(cause, t).text) },
    );
  const take = async (chosen: File | undefined) => {
    if (!chosen) return;
    setWrong('');
    if (chosen.size > maxCalendarFile) {
      setWrong(t('calendars.tooLarge'));
      return;
    }
    const read = { name: chosen.name, data: base64(await chosen.arrayBuffer()) };
    setFile(read);
    if (!name) setName(chosen.name.replace(/\.[^.]+$/, ''));
    look(read, base);
  };
  const seen = preview.data;
  const ready = file && seen && seen.errors.length === 0 && !seen.problem && name.trim() !== '';
  const submit = () =>
    file &&
    save.mutate(
      {
        id: replaces?.id,
        version: replaces?.version,
        file: { name: name.trim(), base, file: file.name, data: file.data },
      },
      {
        onSuccess: (saved) => {
          message.success(t('state.saved'));
          onClose(saved.id);
        },
        onError: (cause) => setWrong(errorText(cause, t).text),
      },
    );
  return (
    <Drawer
      open
      size={720}
      title={replaces ? t('calendars.replaceTitle', { name: replaces.name }) : t('calendars.addTitle')}
      onClose={() => onClose()}
      footer={
        <div className="drawer-foot">
          <Button onClick={() => onClose()}>{t('action.cancel')}</Button>
          <Button type="primary" disabled={!ready} loading={save.isPending} onClick={submit}>
            {t('action.save')}
          </Button>
        </div>
      }
    >
      <div className="upload-fields">
        <label htmlFor={`${id}-base`}>{t('calendars.base')}</label>
        <Select
          id={`${id}-base`}
          value={base}
          options={[{ value: '', label: t('calendars.blank') }, ...built]}
          showSearch={{ optionFilterProp: 'label' }}
          onChange={(next) => {
            setBase(next);
            if (file) look(file, next);
          }}
        />
        <label htmlFor={`${id}-file`}>{t('calendars.file')}</label>
        {/* biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same from the keyboard */}
        <div
          className="upload-drop"
          onDragOver={(event) => event.preventDefault()}
          onDrop={(event) => {
            event.preventDefault();
            take(event.dataTransfer.files[0]);
          }}
        >
          <span>{file?.name ?? t('calendars.drop')}</span>
          <Button size="small" onClick={() => input.current?.click()}>
            {t('calendars.choose')}
          </Button>
          <input
            ref={input}
            id={`${id}-file`}
            className="sr-only"
            type="file"
            accept=".csv,.ics,.txt,text/csv,text/calendar"
            onChange={({ target }) => {
              take(target.files?.[0]);
              target.value = '';
            }}
          />
        </div>
        <p className="list-sub">{t('calendars.fileText')}</p>
        <label htmlFor={`${id}-name`}>{t('field.name')}</label>
        <Input
          id={`${id}-name`}
          maxLength={200}
          value={name}
          onChange={({ target }) => setName(target.value)}
        />
      </div>
      {wrong && (
        <p className="conduct-note conduct-wrong" role="alert">
          {wrong}
        </p>
      )}
      {preview.isPending && <Lines rows={6} />}
      {seen && !preview.isPending && <Seen seen={seen} />}
    </Drawer>
  );
}

function Seen({ seen }: { seen: CalendarPreview }) {
  const { t } = useTranslation();
  const format = useFormat();
  const years = [...new Set(seen.days.map(({ date }) => Number(date.slice(0, 4))))];
  const [year, setYear] = useState<number>();
  const current = year && years.includes(year) ? year : years[0];
  return (
    <>
      <p className="upload-sum" role="status">
        {t('calendars.read', {
          off: t('calendars.offDays', { count: seen.off }),
          work: t('calendars.workDays', { count: seen.work }),
        })}{' '}
        {seen.years.length > 0 && t('calendars.covers', { years: yearSpans(seen.years) })}
      </p>
      {seen.problem && (
        <p className="conduct-note conduct-wrong" role="alert">
          {format.reason(seen.problem)}
        </p>
      )}
      {seen.errors.length > 0 && (
        <div className="conduct-note conduct-wrong" role="alert">
          <p>{t('calendars.rowsWrong', { count: seen.errors.length })}</p>
          <ul>
            {seen.errors.slice(0, 20).map(({ row, rule, text }) => (
              <li key={`${row}${rule}`}>{t('calendars.row', { row, text: format.text(text) })}</li>
            ))}
          </ul>
        </div>
      )}
      {current && (
        <>
          {years.length > 1 && (
            <Select
              aria-label={t('calendars.year')}
              value={current}
              onChange={setYear}
              options={years.map((value) => ({ value, label: value }))}
            />
          )}
          <Months year={current} days={seen.days} />
        </>
      )}
    </>
  );
}
