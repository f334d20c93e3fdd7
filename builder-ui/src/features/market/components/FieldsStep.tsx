import { Radio, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import type { PlanField } from '../api/packs';
import { chosenField } from '../model/plan';

type Props = {
  fields: PlanField[];
  chosen: Record<string, string>;
  onField: (path: string, to: string) => void;
};
type Way = 'add' | 'use' | 'skip';

const wayOf = ({ status }: PlanField): Way | undefined =>
  status === 'add' ? 'add' : status === 'mapped' ? 'use' : status === 'skip' ? 'skip' : undefined;

/** Which field of the workspace stands for each that the pack reads. What fits best is chosen already. */
export function FieldsStep({ fields, chosen, onField }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <p className="pack-lead">{t('market.fieldsText')}</p>
      <ul>
        {fields.map((field) => (
          <FieldChoice key={field.path} field={chosenField(field, chosen)} onField={onField} />
        ))}
      </ul>
    </>
  );
}

function FieldChoice({ field, onField }: { field: PlanField; onField: Props['onField'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const label = format.text(field.label) || field.path;
  const choices = (field.choices ?? []).filter(({ path }) => path !== field.path);
  const pick = (way: Way) =>
    onField(field.path, way === 'add' ? field.path : way === 'skip' ? '' : (choices[0]?.path ?? ''));
  return (
    <li className="pack-field">
      <fieldset>
        <legend className="pack-field-name">{label}</legend>
        {field.why && <p className="list-sub">{format.text(field.why)}</p>}
        {field.status === 'there' ? (
          <Chip tone="green">{t('market.fieldThere')}</Chip>
        ) : (
          <Radio.Group
            className="pack-ways"
            aria-label={label}
            value={wayOf(field)}
            onChange={({ target }) => pick(target.value)}
          >
            {field.status !== 'missing' && <Radio value="add">{t('market.fieldAdd')}</Radio>}
            {choices.length > 0 && <Radio value="use">{t('market.fieldUse')}</Radio>}
            <Radio value="skip">{t('market.fieldSkip')}</Radio>
          </Radio.Group>
        )}
        {field.status === 'mapped' && (
          <Select
            className="pack-answer"
            aria-label={t('market.fieldFor', { label })}
            value={field.to}
            options={choices.map(({ path, label: words }) => ({
              value: path,
              label: format.text(words) || path,
            }))}
            onChange={(to) => onField(field.path, to)}
          />
        )}
        {field.status === 'skip' && <p className="list-sub">{t('market.fieldSkipped')}</p>}
        {field.status === 'missing' && <p className="pack-error">{t('market.fieldMissing')}</p>}
      </fieldset>
    </li>
  );
}
