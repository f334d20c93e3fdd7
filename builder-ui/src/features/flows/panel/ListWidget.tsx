import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import type { Schema } from '../model/catalog';
import { usePanel, type WidgetProps } from './context';
import { Property } from './SchemaForm';
import { Choice } from './widgets';

/** A list by its items' schema: choices as one picker, anything else one below the other. */
export function ListWidget({ schema, ...props }: WidgetProps & { schema: Schema }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { readOnly } = usePanel();
  const items = Array.isArray(props.value) ? props.value : [];
  const part = schema.items ?? {};
  if (part.enum)
    return (
      <Choice
        {...props}
        many
        options={part.enum.map((entry) => ({
          value: String(entry),
          label:
            format.text((part['x-df-labels'] ?? schema['x-df-labels'])?.[String(entry)]) || String(entry),
        }))}
      />
    );
  const set = (next: unknown[]) => props.onChange(next.length ? next : undefined);
  return (
    <fieldset className="prop-nested">
      <legend className="prop-label">{props.label}</legend>
      {props.help && <p className="prop-help">{props.help}</p>}
      {items.map((item, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a list item is its place
        <div key={at} className="prop-item">
          <Property
            schema={part}
            label={t('designer.itemOf', { name: props.label, number: at + 1 })}
            pointer={`${props.pointer}/${at}`}
            value={item}
            onChange={(next) => set(items.map((old, place) => (place === at ? next : old)))}
          />
          {!readOnly && (
            <IconButton
              type="text"
              size="small"
              icon={<DeleteOutlined />}
              label={t('designer.removeItem', { name: props.label, number: at + 1 })}
              onClick={() => set(items.filter((_, place) => place !== at))}
            />
          )}
        </div>
      ))}
      {!readOnly && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() => set([...items, part.type === 'object' ? {} : ''])}
        >
          {t('designer.addItem')}
        </Button>
      )}
    </fieldset>
  );
}
