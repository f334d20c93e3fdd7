import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { kindOf } from '../../form/kinds';
import type { Data, Json } from '../../form/types';
import { useFormat } from '../../lib/useFormat';
import { Control } from './controls';
import type { ControlProps } from './types';

const isRow = (row: Json): row is Data => typeof row === 'object' && row !== null && !Array.isArray(row);

/** Repeating rows as a small table; on a phone each row is a card. */
export function RowsControl(props: ControlProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const rows = Array.isArray(props.value) ? props.value.filter(isRow) : [];
  const columns = Object.entries(props.property.items?.properties ?? {});
  const set = (next: Data[]) => props.onChange(next.length > 0 ? next : undefined);
  const full = rows.length >= (props.property.maxItems ?? 200);
  return (
    <div
      className="rf-rows"
      role="group"
      aria-labelledby={`${props.id}-label`}
      aria-describedby={props.describedBy}
    >
      {columns.length > 0 && (
        <table className="rf-table">
          <thead>
            <tr>
              {columns.map(([key, column]) => (
                <th key={key} scope="col">
                  {format.text(column['x-df-label']) || key}
                </th>
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {rows.map((row, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows have no identity but their place
              <tr key={at}>
                {columns.map(([key, column]) => {
                  const label = format.text(column['x-df-label']) || key;
                  const id = `${props.id}-${at}-${key}`;
                  return (
                    <td key={key} data-label={label}>
                      <label className="sr-only" htmlFor={id}>
                        {t('record.cell', { row: at + 1, column: label })}
                      </label>
                      <Control
                        id={id}
                        kind={kindOf(column)}
                        property={column}
                        label={label}
                        value={row[key]}
                        data={props.data}
                        form={props.form}
                        disabled={props.disabled}
                        onChange={(value) =>
                          set(rows.map((other, place) => (place === at ? { ...other, [key]: value } : other)))
                        }
                      />
                    </td>
                  );
                })}
                <td className="rf-table-end">
                  <Tooltip title={t('record.removeRow')}>
                    <Button
                      type="text"
                      icon={<DeleteOutlined />}
                      disabled={props.disabled}
                      aria-label={t('record.removeRowAt', { row: at + 1 })}
                      onClick={() => set(rows.filter((_, place) => place !== at))}
                    />
                  </Tooltip>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <Button
        id={props.id}
        size="small"
        icon={<PlusOutlined />}
        disabled={props.disabled || full}
        onClick={() => set([...rows, {}])}
      >
        {t('record.addRow')}
      </Button>
    </div>
  );
}
