import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCalendarOptions } from '@/shared/api/calendars';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { useFlowTypes } from '../api/designer';
import type { Filter, LocalText, Settings, Stop, Subject } from '../model/document';
import { stopsOf } from '../model/draft';
import { usePanel } from '../panel/context';
import { Field } from '../panel/Field';
import { FilterEditor } from '../panel/FilterEditor';
import { TextWidget } from '../panel/TextWidget';
import { TimeInput } from '../panel/TimeInput';
import { Choice, SpanInput } from '../panel/widgets';
import { useDesigner, useDesignerStore } from '../store/designer';
import { FlowBudget } from './FlowBudget';
import { ParamsPanel } from './ParamsPanel';
import { useStopName } from './useUnitName';

/** What holds for the whole flow: when it may write to people, and when it ends by itself. */
export default function FlowPanel() {
  const { t } = useTranslation();
  const store = useDesignerStore();
  const { readOnly, errorAt } = usePanel();
  const calendars = useCalendarOptions();
  const local = useDesigner((state) => state.sync.local);
  const settings = (local.settings ?? {}) as Settings;
  const subject = (local.subject ?? {}) as Subject;
  const set = (unit: string, value: unknown) => store.getState().set(unit, value, unit);
  const setting = (change: Partial<Settings>) => {
    const next = { ...settings, ...change };
    for (const key of Object.keys(next) as (keyof Settings)[]) if (next[key] === undefined) delete next[key];
    store.getState().set('settings', next, `settings/${Object.keys(change)[0]}`);
  };
  const window = settings.window ?? { from: '09:00', to: '18:00', days: 'working' };
  const option = (group: string) => (value: string) => ({ value, label: t(`designer.${group}.${value}`) });
  const late = settings.ifLate;
  return (
    <div className="panel-body">
      <h2 className="panel-title">{t('designer.flowSettings')}</h2>
      <TextWidget
        label={t('field.name')}
        pointer="/name"
        value={local.name}
        onChange={(name) => name !== undefined && set('name', name)}
      />
      <TextWidget
        label={t('designer.about')}
        pointer="/about"
        rows={2}
        value={local.about}
        onChange={(about) => set('about', about)}
      />
      <Choice
        label={t('designer.subject')}
        pointer="/subject/form"
        value={subject.form}
        options={['invoice', 'customer'].map(option('subjects'))}
        onChange={(form) => form && set('subject', { ...subject, form, keyBy: `${form}.id` })}
      />
      <Choice
        label={t('designer.reentry')}
        pointer="/subject/reentry"
        value={subject.reentry ?? 'once'}
        options={[...new Set(['once', 'repeat', subject.reentry ?? 'once'])].map((value) => ({
          value,
          label: t(`designer.reentries.${value}`, { defaultValue: value }),
        }))}
        onChange={(reentry) => set('subject', { ...subject, reentry })}
      />
      <h3 className="panel-section">{t('designer.whenAllowed')}</h3>
      <Choice
        label={t('designer.priority')}
        help={t('designer.priorityHelp')}
        pointer="/settings/priority"
        value={settings.priority ?? 'normal'}
        options={['high', 'normal', 'low'].map(option('priorities'))}
        onChange={(priority) =>
          setting({ priority: priority === 'normal' ? undefined : (priority as string | undefined) })
        }
      />
      <Field
        group
        label={t('designer.window')}
        help={t('designer.windowHelp')}
        error={errorAt('/settings/window')}
      >
        {() => (
          <span className="prop-row">
            <TimeInput
              aria-label={t('designer.windowFrom')}
              value={window.from}
              onChange={(from) => from && setting({ window: { ...window, from } })}
            />
            <span aria-hidden>–</span>
            <TimeInput
              aria-label={t('designer.windowTo')}
              value={window.to}
              onChange={(to) => to && setting({ window: { ...window, to } })}
            />
            <Select
              className="prop-grow"
              aria-label={t('designer.windowDays')}
              disabled={readOnly}
              value={window.days ?? 'working'}
              options={['working', 'every'].map(option('days'))}
              onChange={(days) => setting({ window: { ...window, days } })}
            />
          </span>
        )}
      </Field>
      <Choice
        label={t('designer.calendar')}
        pointer="/settings/calendar"
        value={settings.calendar}
        placeholder={t('designer.ofWorkspace')}
        options={calendars}
        onChange={(calendar) => setting({ calendar: calendar as string | undefined })}
      />
      <Choice
        label={t('designer.zone')}
        pointer="/settings/timezone"
        value={settings.timezone ?? 'customer'}
        options={['customer', 'workspace'].map(option('zones'))}
        onChange={(timezone) => setting({ timezone: timezone as string | undefined })}
      />
      <FlowBudget budget={settings.contactBudget} onChange={(contactBudget) => setting({ contactBudget })} />
      <Field group label={t('designer.late')} help={t('designer.lateHelp')}>
        {() => (
          <div className="prop-stack">
            <Select
              aria-label={t('designer.late')}
              disabled={readOnly}
              value={late?.then ?? 'send'}
              options={['send', 'skip', 'ask'].map(option('lateThen'))}
              onChange={(then) => setting({ ifLate: { ...late, then } })}
            />
            {late?.then === 'send' && (
              <>
                <span className="prop-row">
                  <span>{t('designer.lateWithin')}</span>
                  <SpanInput
                    label={t('designer.late')}
                    value={late.within}
                    onChange={(within) => setting({ ifLate: { ...late, within } })}
                  />
                </span>
                <Select
                  aria-label={t('designer.lateElse')}
                  disabled={readOnly}
                  value={late.else ?? 'ask'}
                  options={['skip', 'ask', 'send'].map(option('lateOr'))}
                  onChange={(next) => setting({ ifLate: { ...late, else: next } })}
                />
              </>
            )}
          </div>
        )}
      </Field>
      <Stops />
      <ParamsPanel />
    </div>
  );
}

/** Goals and exits: they end a run from anywhere, checked at their events and before each message. */
function Stops() {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDesignerStore();
  const { readOnly } = usePanel();
  const { events } = useFlowTypes();
  const stopName = useStopName();
  const local = useDesigner((state) => state.sync.local);
  const stops = stopsOf(local);
  const add = () => {
    const { sync, change } = store.getState();
    let id = 'stop';
    for (let at = 1; `stops/${id}` in sync.local; at++) id = `stop${at}`;
    const stop: Stop = { id, when: { all: [] }, outcome: 'exit' };
    change({ ...sync.local, [`stops/${id}`]: stop, stopOrder: [...stops.map((other) => other.id), id] });
  };
  const remove = (id: string) => {
    const { sync, change } = store.getState();
    const { [`stops/${id}`]: _, ...rest } = sync.local;
    change({ ...rest, stopOrder: stops.map((other) => other.id).filter((other) => other !== id) });
  };
  return (
    <>
      <h3 className="panel-section">{t('designer.stops')}</h3>
      <p className="prop-help">{t('designer.stopsHelp')}</p>
      {stops.map((stop, at) => {
        const set = (change: Partial<Stop>) =>
          store.getState().set(`stops/${stop.id}`, { ...stop, ...change }, `stops/${stop.id}`);
        const name = stopName(stop.id);
        return (
          <fieldset key={stop.id} className="prop-nested">
            <legend className="prop-label">{name}</legend>
            <div className="prop-row">
              <Select
                className="prop-grow"
                aria-label={t('designer.outcomeOf', { name })}
                disabled={readOnly}
                value={stop.outcome}
                options={(['goal', 'exit'] as const).map((value) => ({
                  value,
                  label: t(`designer.outcome.${value}`),
                }))}
                onChange={(outcome) => set({ outcome })}
              />
              {!readOnly && (
                <IconButton
                  type="text"
                  icon={<DeleteOutlined />}
                  label={t('designer.removeItem', { name: t('designer.stops'), number: at + 1 })}
                  onClick={() => remove(stop.id)}
                />
              )}
            </div>
            <FilterEditor
              label={t('designer.stopWhen')}
              pointer={`/stopWhen/${at}/when`}
              value={stop.when as Filter}
              onChange={(when) => set({ when: when ?? { all: [] } })}
            />
            <Choice
              label={t('designer.stopOn')}
              pointer={`/stopWhen/${at}/on`}
              many
              value={stop.on}
              options={events.map(({ key, name: text }) => ({
                value: key,
                label: format.text(text as LocalText),
              }))}
              onChange={(on) => set({ on: on as string[] | undefined })}
            />
          </fieldset>
        );
      })}
      {!readOnly && (
        <Button size="small" icon={<PlusOutlined />} onClick={add}>
          {t('designer.stopAdd')}
        </Button>
      )}
    </>
  );
}
