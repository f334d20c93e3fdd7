import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { choicesOf } from '@/shared/form/kinds';
import type { RefCondition } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { useForms } from '../api/forms';
import { useDesigner } from '../model/store';
import type { KindProps } from './KindProperties';
import { Part, SelectRow } from './PropertyParts';

/** Which form's records a field names, and which of them. */
export function ReferenceRows({ property, set }: KindProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const forms = useForms();
  const { doc } = useDesigner();
  const target = forms.data?.find(({ key }) => key === property['x-df-ref']);
  const conditions = property['x-df-choice'] ?? [];
  const write = (next: RefCondition[]) =>
    set({ 'x-df-choice': next.length > 0 ? next : undefined }, 'choice');
  const theirs = Object.entries(target?.schema?.properties ?? {}).map(([value, field]) => ({
    value,
    label: format.text(field['x-df-label']) || value,
  }));
  const ours = Object.entries(doc.schema.properties ?? {}).map(([key, field]) => ({
    value: `=${key}`,
    label: t('forms.sameAs', { label: format.text(field['x-df-label']) || key }),
  }));
  return (
    <Part title={t('forms.reference')}>
      <SelectRow
        label={t('forms.refersTo')}
        value={property['x-df-ref']}
        options={(forms.data ?? [])
          .filter(({ revision }) => revision > 0)
          .map(({ key, name }) => ({ value: key, label: format.text(name) || key }))}
        onChange={(ref) => set({ 'x-df-ref': ref, 'x-df-choice': undefined })}
      />
      {conditions.map((condition, at) => {
        const choices = choicesOf(target?.schema?.properties?.[condition.field] ?? {}).map(
          ({ value, names }) => ({ value: String(value), label: format.text(names) }),
        );
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
          <div key={at} className="fd-option fd-condition">
            <Select
              size="small"
              value={condition.field}
              options={theirs}
              aria-label={t('forms.onlyWhereField')}
              onChange={(field: string) =>
                write(conditions.map((other, place) => (place === at ? { field, value: '' } : other)))
              }
            />
            <Select
              size="small"
              mode="tags"
              maxCount={1}
              value={
                condition.from ? [`=${condition.from}`] : condition.value ? [String(condition.value)] : []
              }
              options={[...choices, ...ours]}
              aria-label={t('forms.onlyWhereValue')}
              onChange={(next: string[]) => {
                const value = next.at(-1);
                const changed: RefCondition = value?.startsWith('=')
                  ? { field: condition.field, from: value.slice(1) }
                  : { field: condition.field, value: value ?? '' };
                write(conditions.map((other, place) => (place === at ? changed : other)));
              }}
            />
            <IconButton
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              label={t('forms.removeCondition')}
              onClick={() => write(conditions.filter((_, place) => place !== at))}
            />
          </div>
        );
      })}
      <Button
        size="small"
        icon={<PlusOutlined />}
        disabled={theirs.length === 0}
        onClick={() => write([...conditions, { field: theirs[0]?.value ?? '', value: '' }])}
      >
        {t('forms.addCondition')}
      </Button>
    </Part>
  );
}
