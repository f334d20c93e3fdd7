import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormulaError, parseFormula } from '@/shared/form/formula';
import { kindOf } from '@/shared/form/kinds';
import { useFormat } from '@/shared/lib/useFormat';
import { useDesigner } from '../model/store';
import type { KindProps } from './KindProperties';
import { Part, Row, SelectRow, TextRow } from './PropertyParts';

export function formulaProblem(src: string): FormulaError | undefined {
  try {
    parseFormula(src);
    return undefined;
  } catch (error) {
    return error instanceof FormulaError ? error : new FormulaError('formula', 0);
  }
}

/** A formula with its fields to insert, and what kind of result it has. */
export function FormulaRows({ name, property, set }: KindProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { doc } = useDesigner();
  const formula = property['x-df-formula'] ?? '';
  const problem = formulaProblem(formula);
  const result =
    property['x-df-type'] === 'money' ? 'money' : property.type === 'string' ? 'string' : 'number';
  const refs = Object.entries(doc.schema.properties ?? {}).flatMap(([key, field]) => {
    const label = format.text(field['x-df-label']) || key;
    if (field.items?.properties)
      return Object.entries(field.items.properties).map(([column, inner]) => ({
        value: `sum(${key}.${column})`,
        label: t('forms.sumOf', { label: `${label} · ${format.text(inner['x-df-label']) || column}` }),
      }));
    return key === name || ['file', 'address', 'multiChoice'].includes(kindOf(field))
      ? []
      : [{ value: key, label }];
  });
  return (
    <Part title={t('forms.formula')}>
      <TextRow
        label={t('forms.formula')}
        value={formula}
        rows={3}
        mono
        help={t('forms.formulaHint')}
        error={
          problem &&
          t(`forms.formulaError.${problem.rule}`, {
            at: problem.at + 1,
            defaultValue: t('forms.formulaError.formula', { at: problem.at + 1 }),
          })
        }
        onChange={(value) => set({ 'x-df-formula': value }, 'formula')}
      />
      <Row label={t('forms.insertField')}>
        {(id) => (
          <Select
            id={id}
            size="small"
            className="field-full"
            value={null}
            placeholder={t('forms.chooseField')}
            options={refs}
            onChange={(ref: string | null) =>
              ref && set({ 'x-df-formula': formula.trim() === '0' ? ref : `${formula} ${ref}`.trim() })
            }
          />
        )}
      </Row>
      <SelectRow
        label={t('forms.formulaResult')}
        value={result}
        options={['number', 'money', 'string'].map((value) => ({ value, label: t(`forms.result.${value}`) }))}
        onChange={(value) =>
          set(
            value === 'money'
              ? { type: 'integer', 'x-df-type': 'money' }
              : {
                  type: value === 'string' ? 'string' : 'number',
                  'x-df-type': undefined,
                  ...(value === 'string' && { maxLength: 5000 }),
                },
          )
        }
      />
    </Part>
  );
}
