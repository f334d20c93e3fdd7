import { Button, Select } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Section } from '@/shared/ui/Page';
import type { ImportMap, Preview } from '../api/imports';
import { dateOrder, layouts, missing, place } from '../model/mapping';

type Props = { preview: Preview; map: ImportMap; onMap: (map: ImportMap) => void; onCheck: () => void };

/** Each column of the file, with what stands in it, and the field that it becomes. */
export function Columns({ preview, map, onMap, onCheck }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const name = (key: string) => {
    const field = preview.fields.find((one) => one.key === key);
    return (field && format.text(field.label)) || key;
  };
  const fieldOf = (column: string) => Object.keys(map.columns).find((key) => map.columns[key] === column);
  const needed = missing(preview.fields, map).map(name);
  const keys = Object.keys(map.columns).filter((key) => ['externalId', 'number', 'reference'].includes(key));
  const identify = map.externalId || keys[0];
  const stop =
    needed.length > 0
      ? t('imports.needed', { fields: needed.join(t('imports.comma')) })
      : identify
        ? ''
        : t('imports.noKey');
  return (
    <Section title={t('imports.columns')} className="import-step">
      <div className="import-box">
        <p className="list-sub">
          {t('imports.columnsText', { encoding: preview.encoding.toUpperCase(), line: preview.headerLine })}
        </p>
        <section className="table-scroll" tabIndex={0} aria-label={t('imports.column')}>
          <table className="table">
            <thead>
              <tr>
                <th scope="col">{t('imports.column')}</th>
                <th scope="col" className="import-sample">
                  {t('imports.example')}
                </th>
                <th scope="col">{t('imports.field')}</th>
              </tr>
            </thead>
            <tbody>
              {preview.header.map((column, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name
                <tr key={`${at}/${column}`}>
                  <th scope="row" dir="auto">
                    {column}
                  </th>
                  <td className="import-sample" dir="auto">
                    {preview.sample
                      .slice(0, 3)
                      .map((cells) => cells[at])
                      .filter(Boolean)
                      .join(' · ')}
                  </td>
                  <td>
                    <Select
                      className="import-field"
                      showSearch={{ optionFilterProp: 'label' }}
                      aria-label={`${t('imports.field')}: ${column}`}
                      value={fieldOf(column) ?? ''}
                      options={[
                        { value: '', label: t('imports.skip') },
                        ...preview.fields.map(({ key, required }) => ({
                          value: key,
                          label: required ? `${name(key)} *` : name(key),
                        })),
                      ]}
                      onChange={(key) => onMap(place(map, column, key))}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <div className="import-ways">
          <label htmlFor={`${id}-dates`}>{t('imports.dates')}</label>
          <Select
            id={`${id}-dates`}
            value={dateOrder(map)}
            options={(['auto', 'dmy', 'mdy'] as const).map((value) => ({
              value,
              label: t(`imports.date.${value}`),
            }))}
            onChange={(order) => onMap({ ...map, dates: layouts[order] })}
          />
          <label htmlFor={`${id}-decimal`}>{t('imports.decimal')}</label>
          <Select
            id={`${id}-decimal`}
            value={map.decimal === ',' ? 'comma' : 'dot'}
            options={(['dot', 'comma'] as const).map((value) => ({
              value,
              label: t(`imports.mark.${value}`),
            }))}
            onChange={(mark) => onMap({ ...map, decimal: mark === 'comma' ? ',' : '.' })}
          />
          {keys.length > 0 && (
            <>
              <label htmlFor={`${id}-key`}>{t('imports.identify')}</label>
              <Select
                id={`${id}-key`}
                value={identify}
                options={keys.map((key) => ({ value: key, label: name(key) }))}
                onChange={(externalId) => onMap({ ...map, externalId })}
              />
            </>
          )}
        </div>
        <p className="list-sub">{t('imports.identifyHint')}</p>
        {stop && (
          <p className="field-error" role="status">
            {stop}
          </p>
        )}
        <Button type="primary" disabled={stop !== ''} onClick={onCheck}>
          {t('imports.check')}
        </Button>
      </div>
    </Section>
  );
}
