import { InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Settings, Span } from '../model/document';
import { usePanel } from '../panel/context';
import { Field } from '../panel/Field';
import { Choice, SpanInput } from '../panel/widgets';

type Budget = Settings['contactBudget'];
type Props = { budget: Budget; onChange: (budget: Budget) => void };

const classes = ['any', 'call', 'text', 'chat', 'email', 'letter'];

/** A flow's own limit of contacts: how many, in how long, and which kinds count. */
export function FlowBudget({ budget, onChange }: Props) {
  const { t } = useTranslation();
  const { readOnly } = usePanel();
  return (
    <>
      <Field group label={t('designer.budget')} help={t('designer.budgetHelp')}>
        {() => (
          <span className="prop-row">
            <InputNumber
              className="prop-number"
              aria-label={t('designer.budgetMax')}
              min={1}
              max={100}
              precision={0}
              disabled={readOnly}
              value={budget?.max}
              onChange={(max) =>
                onChange(max ? { per: { value: 2, unit: 'businessDay' }, ...budget, max } : undefined)
              }
            />
            <span>{t('designer.per')}</span>
            <SpanInput
              label={t('designer.budget')}
              value={budget?.per}
              onChange={(per?: Span) => per && onChange({ max: 1, ...budget, per })}
            />
          </span>
        )}
      </Field>
      {budget && (
        <Choice
          label={t('designer.budgetClass')}
          pointer="/settings/contactBudget/class"
          value={budget.class ?? 'any'}
          options={classes.map((value) => ({ value, label: t(`designer.budgetClasses.${value}`) }))}
          onChange={(chosen) => {
            const { class: _, ...rest } = budget;
            onChange(!chosen || chosen === 'any' ? rest : { ...rest, class: chosen as string });
          }}
        />
      )}
    </>
  );
}
