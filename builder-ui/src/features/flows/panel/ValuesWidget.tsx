import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/shared/ui/IconButton';
import { isObject } from '../model/document';
import { usePanel, type WidgetProps } from './context';
import { FilterValue } from './FilterValue';
import { useFieldOptions } from './widgets';

/** Fields to set, each with its new value. A field picked without a value yet waits here. */
export function ValuesWidget({ label, help, value, onChange, pointer }: WidgetProps) {
  const { t } = useTranslation();
  const { errorAt, readOnly } = usePanel();
  const { options, fields } = useFieldOptions();
  const values = isObject(value) ? value : {};
  const [open, setOpen] = useState<string[]>([]);
  const paths = [...Object.keys(values), ...open.filter((path) => !(path in values))];
  const set = (path: string, next: unknown) => {
    const { [path]: _, ...rest } = values;
    onChange(next === undefined || next === '' ? rest : { ...values, [path]: next });
  };
  const rename = (from: string, to: string) => {
    setOpen([...open.filter((path) => path !== from), to]);
    if (from in values) set(from, undefined);
  };
  // Only fields of the customer and the invoice can be set, and only those they have themselves.
  const settable = options
    .map((group) => ({
      ...group,
      options: group.options.filter(({ value }) => /^(customer|invoice)\.[^.]+$/.test(value)),
    }))
    .filter((group) => group.options.length > 0);
  const error = errorAt(pointer) ?? errorAt(`${pointer}/*`);
  return (
    <fieldset className="prop-nested">
      <legend className="prop-label">{label}</legend>
      {help && <p className="prop-help">{help}</p>}
      {error && <p className="prop-error">{error}</p>}
      {paths.map((path, at) => {
        const field = fields.find((entry) => entry.path === path);
        return (
          <div key={path || at} className="filter-line">
            <Select
              className="filter-field"
              aria-label={t('designer.setField', { number: at + 1 })}
              placeholder={t('designer.filter.pickField')}
              showSearch={{ optionFilterProp: 'label' }}
              popupMatchSelectWidth={280}
              disabled={readOnly}
              value={path || undefined}
              options={settable}
              onChange={(next) => rename(path, next)}
            />
            {field && (
              <FilterValue
                field={field}
                op="eq"
                number={at + 1}
                value={values[path]}
                onChange={(next) => set(path, next)}
              />
            )}
            {!readOnly && (
              <IconButton
                className="filter-remove"
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                label={t('designer.filter.remove', { number: at + 1 })}
                onClick={() => {
                  setOpen(open.filter((other) => other !== path));
                  set(path, undefined);
                }}
              />
            )}
          </div>
        );
      })}
      {!readOnly && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          disabled={paths.includes('')}
          onClick={() => setOpen([...open, ''])}
        >
          {t('designer.setAdd')}
        </Button>
      )}
    </fieldset>
  );
}
