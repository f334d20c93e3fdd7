import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { useTranslation } from 'react-i18next';
import { choicesOf } from '@/shared/form/kinds';
import type { Choice } from '@/shared/form/types';
import { choiceTrouble } from '../model/choices';
import type { KindProps } from './KindProperties';
import { Part } from './PropertyParts';

/** The choices of a field, named in every language. */
export function Options({ property, set }: KindProps) {
  const { t } = useTranslation();
  const list = property.type === 'array';
  const choices: Choice[] = choicesOf(property).map(({ value, names }) => ({
    const: value,
    title: names.en || names['zh-CN'] || String(value),
    'x-df-label': names,
  }));
  const trouble = choiceTrouble(property);
  const write = (oneOf: Choice[], tag?: string) =>
    list
      ? set({ items: { ...property.items, oneOf, enum: undefined } }, tag)
      : set({ oneOf, enum: undefined }, tag);
  const fresh = () => {
    for (let n = choices.length + 1; ; n++)
      if (!choices.some((choice) => choice.const === `option${n}`)) return `option${n}`;
  };
  return (
    <Part title={t('forms.options')}>
      {trouble && (
        <p className="fd-warning" role="status">
          {t(`forms.choiceTrouble.${trouble}`)}
        </p>
      )}
      {choices.map((choice, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an option's value may be what is being typed
        <div key={at} className="fd-option">
          <Input
            size="small"
            value={choice['x-df-label']?.['zh-CN'] ?? ''}
            placeholder={t('lang.zh-CN')}
            aria-label={t('forms.optionIn', { at: at + 1, language: t('langName.zh-CN') })}
            onChange={({ target }) =>
              write(
                choices.map((other, place) =>
                  place === at
                    ? { ...other, 'x-df-label': { ...other['x-df-label'], 'zh-CN': target.value } }
                    : other,
                ),
                `option ${at}`,
              )
            }
          />
          <Input
            size="small"
            value={choice['x-df-label']?.en ?? ''}
            placeholder={t('lang.en')}
            aria-label={t('forms.optionIn', { at: at + 1, language: t('langName.en') })}
            onChange={({ target }) =>
              write(
                choices.map((other, place) =>
                  place === at
                    ? {
                        ...other,
                        title: target.value || String(other.const),
                        'x-df-label': { ...other['x-df-label'], en: target.value },
                      }
                    : other,
                ),
                `option ${at}`,
              )
            }
          />
          <Button
            size="small"
            type="text"
            icon={<DeleteOutlined />}
            disabled={choices.length < 2}
            aria-label={t('forms.removeOption', { at: at + 1 })}
            onClick={() => write(choices.filter((_, place) => place !== at))}
          />
        </div>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined />}
        onClick={() =>
          write([...choices, { const: fresh(), title: '', 'x-df-label': { en: '', 'zh-CN': '' } }])
        }
      >
        {t('forms.addOption')}
      </Button>
    </Part>
  );
}
