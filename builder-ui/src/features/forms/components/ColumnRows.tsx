import { DeleteOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { kindOf } from '@/shared/form/kinds';
import type { Property } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { blank, columnKinds } from '../model/kinds';
import { formulaProblem } from './FormulaRows';
import type { KindProps } from './KindProperties';
import { NumberRow, Part, TextRow, Tick } from './PropertyParts';

/** The columns of repeating rows. */
export function Columns({ property, set }: KindProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = Object.entries(property.items?.properties ?? {});
  const must = new Set(property.items?.required ?? []);
  const write = (entries: [string, Property][], required: Set<string>, tag?: string) => {
    const known = entries.map(([key]) => key);
    const list = known.filter((key) => required.has(key));
    set(
      {
        items: {
          ...property.items,
          properties: Object.fromEntries(entries),
          required: list.length > 0 ? list : undefined,
        },
      },
      tag,
    );
  };
  const edit = (key: string, part: Partial<Property>, tag?: string) =>
    write(
      columns.map(([name, column]) => [name, name === key ? { ...column, ...part } : column]),
      must,
      tag,
    );
  const add = (kind: string) => {
    let n = columns.length + 1;
    while (columns.some(([key]) => key === `column${n}`)) n++;
    const names = { en: `Column ${n}`, 'zh-CN': `第 ${n} 列` };
    write([...columns, [`column${n}`, blank(kind, names)]], must);
  };
  return (
    <Part title={t('forms.columns')}>
      {columns.map(([key, column]) => (
        <fieldset key={key} className="fd-column">
          <legend className="fd-mono">{key}</legend>
          <div className="fd-option">
            <Input
              size="small"
              value={column['x-df-label']?.['zh-CN'] ?? ''}
              placeholder={t('lang.zh-CN')}
              aria-label={t('forms.inLanguage', { label: key, language: t('langName.zh-CN') })}
              onChange={({ target }) =>
                edit(
                  key,
                  { 'x-df-label': { ...column['x-df-label'], 'zh-CN': target.value } },
                  `column ${key}`,
                )
              }
            />
            <Input
              size="small"
              value={column['x-df-label']?.en ?? ''}
              placeholder={t('lang.en')}
              aria-label={t('forms.inLanguage', { label: key, language: t('langName.en') })}
              onChange={({ target }) =>
                edit(key, { 'x-df-label': { ...column['x-df-label'], en: target.value } }, `column ${key}`)
              }
            />
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              disabled={columns.length < 2}
              aria-label={t('forms.removeColumn', { label: format.text(column['x-df-label']) || key })}
              onClick={() =>
                write(
                  columns.filter(([name]) => name !== key),
                  must,
                )
              }
            />
          </div>
          {column['x-df-formula'] !== undefined && (
            <TextRow
              label={t('forms.formula')}
              value={column['x-df-formula']}
              mono
              onChange={(value) => edit(key, { 'x-df-formula': value }, `formula ${key}`)}
              error={
                formulaProblem(column['x-df-formula']) &&
                t('forms.formulaError.formula', { at: (formulaProblem(column['x-df-formula'])?.at ?? 0) + 1 })
              }
            />
          )}
          <Tick
            label={`${t(`forms.kind.${column['x-df-formula'] === undefined ? kindOf(column) : 'formula'}`)} · ${t('record.required')}`}
            checked={must.has(key)}
            onChange={(on) => {
              const next = new Set(must);
              if (on) next.add(key);
              else next.delete(key);
              write(columns, next);
            }}
          />
        </fieldset>
      ))}
      <Select
        size="small"
        value={null}
        placeholder={t('forms.addColumn')}
        aria-label={t('forms.addColumn')}
        options={columnKinds.map((value) => ({ value, label: t(`forms.kind.${value}`) }))}
        onChange={(kind: string | null) => kind && add(kind)}
      />
      <NumberRow
        label={t('forms.mostRows')}
        value={property.maxItems}
        min={1}
        max={1000}
        whole
        onChange={(maxItems) => set({ maxItems }, 'rows')}
      />
      <NumberRow
        label={t('forms.leastRows')}
        value={property.minItems}
        min={0}
        max={1000}
        whole
        onChange={(minItems) => set({ minItems: minItems || undefined }, 'rows')}
      />
    </Part>
  );
}
