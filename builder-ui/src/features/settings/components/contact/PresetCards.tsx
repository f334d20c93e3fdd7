import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import type { Part, Preset } from '../../model/contact';

type Props = {
  presets: Preset[];
  value: string;
  changed: Part[];
  disabled: boolean;
  onChoose: (key: string) => void;
};

/** Where to begin from. Choosing one fills the form; nothing is saved by it. */
export function PresetCards({ presets, value, changed, disabled, onChoose }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const cards = [
    ...presets.map(({ key, name, about, source }) => ({
      key,
      name: format.text(name),
      about: format.text(about),
      source: format.text(source),
    })),
    { key: '', name: t('conduct.own'), about: t('conduct.ownText'), source: '' },
  ];
  const chosen = cards.find(({ key }) => key === value);
  return (
    <Section title={t('conduct.presets')} className="conduct-section">
      <p className="list-sub">{t('conduct.presetsText')}</p>
      <div className="preset-cards" role="radiogroup" aria-label={t('conduct.presets')}>
        {cards.map(({ key, name, about }) => (
          <label key={key} className={key === value ? 'preset-card chosen' : 'preset-card'}>
            <input
              type="radio"
              name="preset"
              value={key}
              checked={key === value}
              disabled={disabled}
              onChange={() => onChoose(key)}
            />
            <span className="preset-name">{name}</span>
            <span className="preset-about">{about}</span>
          </label>
        ))}
      </div>
      {chosen?.source && <p className="preset-source">{chosen.source}</p>}
      {changed.length > 0 && (
        <div className="preset-changed" role="status">
          <span>{t('conduct.changed')}</span>
          {changed.map((part) => (
            <Chip key={part} tone="amber">
              {t(`conduct.part.${part}`)}
            </Chip>
          ))}
          <Button size="small" type="link" onClick={() => onChoose(value)} disabled={disabled}>
            {t('conduct.backToPreset')}
          </Button>
        </div>
      )}
    </Section>
  );
}
