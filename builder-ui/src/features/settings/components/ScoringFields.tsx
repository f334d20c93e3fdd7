import { Form, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { Section } from '@/shared/ui/Page';
import type { Scoring } from '../model/tiers';

type NumberProps = {
  name: keyof Scoring;
  label: string;
  unit: string;
  max?: number;
  step?: number;
  extra?: string;
};

function NumberField({ name, label, unit, max = 100, step = 1, extra }: NumberProps) {
  const { t } = useTranslation();
  return (
    <Form.Item
      name={name}
      label={label}
      extra={extra}
      rules={[{ required: true, message: t('field.required') }]}
    >
      <InputNumber min={0} max={max} step={step} precision={step < 1 ? 1 : 0} suffix={unit} />
    </Form.Item>
  );
}

/** The ranges of the tiers and what costs points, with its maximum beside it. */
export function ScoringFields({ steps }: { steps: number[] }) {
  const { t } = useTranslation();
  const points = t('scoring.points');
  const cost = (name: 'perDay' | 'perBroken', max: 'maxDelay' | 'maxBroken') => (
    <div className="scoring-pair">
      <NumberField name={name} label={t(`scoring.${name}`)} unit={points} step={0.5} />
      <NumberField name={max} label={t('scoring.atMost')} unit={points} />
    </div>
  );
  return (
    <>
      <Section title={t('scoring.ranges')} className="settings-form settings-gap scoring">
        <div className="scoring-pair">
          <NumberField name="tierA" label={t('scoring.tierA')} unit={points} />
          <NumberField name="tierB" label={t('scoring.tierB')} unit={points} extra={t('scoring.below')} />
        </div>
        <NumberField
          name="hysteresis"
          label={t('scoring.hysteresis')}
          unit={points}
          extra={t('scoring.hysteresisHint')}
        />
        <NumberField
          name="minPaid"
          label={t('scoring.minPaid')}
          unit={t('scoring.invoices')}
          extra={t('scoring.minPaidHint')}
        />
      </Section>
      <Section title={t('scoring.costs')} className="settings-form settings-gap scoring">
        {cost('perDay', 'maxDelay')}
        {cost('perBroken', 'maxBroken')}
        <div className="scoring-pair">
          <NumberField name="maxOld" label={t('scoring.old')} unit={points} />
          <Form.Item name="oldDays" label={t('scoring.oldDays')} required>
            <Select
              options={steps.map((days) => ({ value: days, label: t('scoring.oldAfter', { days }) }))}
            />
          </Form.Item>
        </div>
        <div className="scoring-pair">
          <NumberField name="maxCredit" label={t('scoring.credit')} unit={points} />
          <NumberField
            name="creditFrom"
            label={t('scoring.creditFrom')}
            unit={t('scoring.ofLimit')}
            max={99}
          />
        </div>
        <NumberField name="new" label={t('scoring.new')} unit={points} />
      </Section>
    </>
  );
}
