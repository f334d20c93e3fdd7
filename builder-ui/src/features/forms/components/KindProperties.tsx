import { useTranslation } from 'react-i18next';
import type { Property } from '@/shared/form/types';
import { presets } from '../model/kinds';
import { Columns } from './ColumnRows';
import { FormulaRows } from './FormulaRows';
import { Options } from './OptionRows';
import { NumberRow, Part, SelectRow, TextRow, Tick } from './PropertyParts';
import { ReferenceRows } from './ReferenceRows';

export type KindProps = {
  name: string;
  property: Property;
  kind: string;
  set: (part: Partial<Property>, tag?: string) => void;
};

/** What only this kind of field has. */
export function KindProperties(props: KindProps) {
  const { t } = useTranslation();
  const { kind, property, set } = props;
  switch (kind) {
    case 'text':
      return (
        <Part title={t('forms.rulesOfText')}>
          <PresetRows {...props} />
        </Part>
      );
    case 'longText':
      return (
        <Part title={t('forms.rulesOfText')}>
          <NumberRow
            label={t('forms.maxLength')}
            value={property.maxLength}
            min={1}
            max={100_000}
            whole
            onChange={(maxLength) => set({ maxLength }, 'max')}
          />
        </Part>
      );
    case 'number':
    case 'percent':
      return (
        <Part title={t('forms.limits')}>
          <Tick
            label={t('forms.whole')}
            checked={property.type === 'integer'}
            onChange={(on) => set({ type: on ? 'integer' : 'number' })}
          />
          <NumberRow
            label={t('forms.least')}
            value={property.minimum}
            onChange={(minimum) => set({ minimum }, 'min')}
          />
          <NumberRow
            label={t('forms.most')}
            value={property.maximum}
            onChange={(maximum) => set({ maximum }, 'max')}
          />
        </Part>
      );
    case 'choice':
    case 'multiChoice':
      return <Options {...props} />;
    case 'formula':
      return <FormulaRows {...props} />;
    case 'autoNumber':
      return <AutoRows {...props} />;
    case 'reference':
      return <ReferenceRows {...props} />;
    case 'rows':
      return <Columns {...props} />;
  }
  return null;
}

function PresetRows({ property, set }: KindProps) {
  const { t } = useTranslation();
  const current = property['x-df-pattern'] ?? (property.pattern ? 'own' : '');
  return (
    <>
      <SelectRow
        label={t('forms.preset')}
        value={current}
        options={[
          { value: '', label: t('forms.presetNone') },
          ...presets.map(({ key }) => ({ value: key, label: t(`forms.presets.${key}`) })),
          { value: 'own', label: t('forms.presetOwn') },
        ]}
        onChange={(value) => {
          const preset = presets.find(({ key }) => key === value);
          if (preset)
            set({
              pattern: preset.pattern,
              'x-df-check': preset.check,
              'x-df-pattern': preset.key,
              maxLength: preset.maxLength,
            });
          else
            set({
              pattern: value === 'own' ? (property.pattern ?? '^.*$') : undefined,
              'x-df-check': undefined,
              'x-df-pattern': undefined,
            });
        }}
      />
      {current === 'own' && (
        <TextRow
          label={t('forms.pattern')}
          value={property.pattern}
          help={t('forms.patternHint')}
          mono
          onChange={(pattern) => set({ pattern: pattern || undefined }, 'pattern')}
        />
      )}
      <NumberRow
        label={t('forms.maxLength')}
        value={property.maxLength}
        min={1}
        max={5000}
        whole
        onChange={(maxLength) => set({ maxLength }, 'max')}
      />
    </>
  );
}

function AutoRows({ property, set }: KindProps) {
  const { t } = useTranslation();
  const auto = property['x-df-auto'] ?? {};
  const digits = String(auto.start ?? 1).padStart(auto.digits ?? 0, '0');
  return (
    <Part title={t('forms.numbering')}>
      <TextRow
        label={t('forms.prefix')}
        value={auto.prefix}
        max={20}
        onChange={(prefix) => set({ 'x-df-auto': { ...auto, prefix } }, 'auto')}
      />
      <NumberRow
        label={t('forms.digits')}
        value={auto.digits}
        min={0}
        max={12}
        whole
        onChange={(next) => set({ 'x-df-auto': { ...auto, digits: next ?? 0 } }, 'auto')}
      />
      <NumberRow
        label={t('forms.start')}
        value={auto.start}
        min={1}
        whole
        onChange={(start) => set({ 'x-df-auto': { ...auto, start } }, 'auto')}
      />
      <p className="rf-help">{t('forms.numberSample', { sample: `${auto.prefix ?? ''}${digits}` })}</p>
    </Part>
  );
}
