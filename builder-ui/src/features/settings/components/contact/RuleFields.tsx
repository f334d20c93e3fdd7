import { Form, Input, InputNumber, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCalendarOptions } from '@/shared/api/calendars';
import { Section } from '@/shared/ui/Page';
import { type ContactRules, quietIsOn } from '../../model/contact';
import { BudgetRows } from './BudgetRows';

type Props = { rules: ContactRules; onChange: (rules: ContactRules) => void };

export function RuleFields({ rules, onChange }: Props) {
  const { t } = useTranslation();
  const calendars = useCalendarOptions();
  const number = (name: string | string[], label: string, max: number, min = 0) => (
    <Form.Item name={name} label={label} rules={[{ required: true, message: t('field.required') }]}>
      <InputNumber min={min} max={max} precision={0} className="field-full" />
    </Form.Item>
  );
  return (
    <>
      <Section title={t('conduct.when')} className="conduct-section">
        <p className="list-sub">{t('conduct.whenText')}</p>
        <div className="conduct-fields">
          <Time name={['window', 'from']} label={t('conduct.from')} />
          <Time name={['window', 'to']} label={t('conduct.to')} />
          <Form.Item name={['window', 'days']} label={t('conduct.days')}>
            <Select
              options={['working', 'every'].map((value) => ({ value, label: t(`conduct.daysOf.${value}`) }))}
            />
          </Form.Item>
        </div>
        <Form.Item
          name="calendar"
          label={t('conduct.calendar')}
          extra={<Link to="/settings/calendars">{t('conduct.calendarsLink')}</Link>}
        >
          <Select options={calendars} showSearch={{ optionFilterProp: 'label' }} />
        </Form.Item>
        <Toggle
          label={t('conduct.quiet')}
          text={t('conduct.quietText')}
          on={quietIsOn(rules)}
          onChange={(on) =>
            onChange({
              ...rules,
              quiet: on ? { from: '22:00', to: '08:00' } : { from: '00:00', to: '00:00' },
            })
          }
        >
          <div className="conduct-fields">
            <Time name={['quiet', 'from']} label={t('conduct.quietFrom')} />
            <Time name={['quiet', 'to']} label={t('conduct.quietTo')} />
          </div>
        </Toggle>
      </Section>
      <Section title={t('conduct.often')} className="conduct-section">
        <p className="list-sub">{t('conduct.oftenText')}</p>
        <BudgetRows />
        <div className="conduct-fields">
          {number('afterTalkDays', t('conduct.afterTalk'), 60)}
          {number('duplicateDays', t('conduct.duplicate'), 30)}
        </div>
        <p className="list-sub">{t('conduct.zeroText')}</p>
        <Form.Item name="callsByHand" label={t('conduct.callsByHand')} extra={t('conduct.callsByHandText')}>
          <Select
            options={['told', 'reason'].map((value) => ({ value, label: t(`conduct.callsOf.${value}`) }))}
          />
        </Form.Item>
      </Section>
      <Section title={t('conduct.holidays')} className="conduct-section">
        <Toggle
          label={t('conduct.spread')}
          text={t('conduct.spreadText')}
          on={rules.spread.days > 0}
          onChange={(on) =>
            onChange({
              ...rules,
              spread: on ? { gap: 4, days: 3, minutes: 120 } : { gap: 0, days: 0, minutes: 0 },
            })
          }
        >
          <div className="conduct-fields">
            {number(['spread', 'gap'], t('conduct.spreadGap'), 30, 2)}
            {number(['spread', 'days'], t('conduct.spreadDays'), 10, 1)}
            {number(['spread', 'minutes'], t('conduct.spreadMinutes'), 600)}
          </div>
        </Toggle>
        <div className="conduct-fields">{number('maxDataAgeHours', t('conduct.maxDataAge'), 10_000)}</div>
        <p className="list-sub">{t('conduct.maxDataAgeText')}</p>
      </Section>
    </>
  );
}

function Time({ name, label }: { name: string[]; label: string }) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={name}
      label={label}
      rules={[
        { required: true, pattern: /^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, message: t('settings.timeRule') },
      ]}
    >
      <Input className="num" placeholder={t('settings.timeSample')} maxLength={5} />
    </Form.Item>
  );
}

type ToggleProps = {
  label: string;
  text: string;
  on: boolean;
  onChange: (on: boolean) => void;
  children: ReactNode;
};

/** A rule that may be off altogether. */
function Toggle({ label, text, on, onChange, children }: ToggleProps) {
  const id = useId();
  return (
    <div className="conduct-toggle">
      <div className="conduct-toggle-head">
        <Switch id={id} checked={on} onChange={onChange} size="small" aria-describedby={`${id}-text`} />
        <label htmlFor={id}>{label}</label>
      </div>
      <p className="list-sub" id={`${id}-text`}>
        {text}
      </p>
      {on && children}
    </div>
  );
}
