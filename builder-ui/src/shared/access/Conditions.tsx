import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useUserNames } from '@/shared/api/names';
import { useMe } from '@/shared/api/session';
import { currencyDigits, toMajor } from '@/shared/lib/money';
import { IconButton } from '../ui/IconButton';
import type { Condition } from './roles';

export type ConditionRow = { field: string; op: string; value: string | number };
type FieldDef = { key: string; kind: 'text' | 'tier' | 'user' | 'amount' };

/** What a scope may speak of; rules of tasks may ask for the amount that is open, too. */
export const scopeFields: FieldDef[] = [
  { key: 'tier', kind: 'tier' },
  { key: 'region', kind: 'text' },
  { key: 'team', kind: 'text' },
  { key: 'owner', kind: 'user' },
];
export const accountFields: FieldDef[] = [...scopeFields, { key: 'open', kind: 'amount' }];
const opsOf = {
  text: ['eq', 'ne', 'in'],
  tier: ['eq', 'ne', 'in'],
  user: ['eq', 'ne'],
  amount: ['gte', 'lte'],
};

/** What is open counts in the workspace's own currency: whole minor units in the store, major units on the page. */
export const asRow =
  (currency: string) =>
  ({ field, op, value }: Condition): ConditionRow => ({
    field,
    op,
    value:
      typeof value === 'number'
        ? Number(toMajor(value, currency))
        : Array.isArray(value)
          ? value.join(', ')
          : String(value ?? ''),
  });
export const asCondition =
  (currency: string) =>
  ({ field, op, value }: ConditionRow): Condition => ({
    field,
    op,
    value:
      typeof value === 'number'
        ? Math.round(value * 10 ** currencyDigits(currency))
        : op === 'in'
          ? value
              .split(/[,，、]/)
              .map((part) => part.trim())
              .filter(Boolean)
          : value.trim(),
  });

type Name = (string | number)[];

/** Conditions over an account, all of which must hold; the rows of a form. */
export function Conditions({
  name,
  path,
  fields = scopeFields,
}: {
  name: Name;
  path?: Name;
  fields?: FieldDef[];
}) {
  const { t } = useTranslation();
  const form = Form.useFormInstance();
  const people = useUserNames().data ?? [];
  const { currency } = useMe().workspace;
  const whole = path ?? name;
  const kindOf = (row: number) =>
    fields.find(({ key }) => key === form.getFieldValue([...whole, row, 'field']))?.kind ?? 'text';
  return (
    <Form.List name={name}>
      {(rows, { add, remove }) => (
        <div className="roles-conditions">
          {rows.map((row) => (
            <div key={row.key} className="roles-condition">
              <Form.Item name={[row.name, 'field']} noStyle>
                <Select
                  aria-label={t('roles.fieldOf')}
                  options={fields.map(({ key }) => ({ value: key, label: t(`roles.field.${key}`) }))}
                  onChange={(key) => {
                    const kind = fields.find((field) => field.key === key)?.kind ?? 'text';
                    form.setFieldValue([...whole, row.name, 'op'], opsOf[kind][0]);
                    form.setFieldValue([...whole, row.name, 'value'], undefined);
                  }}
                />
              </Form.Item>
              <Form.Item noStyle shouldUpdate>
                {() => (
                  <>
                    <Form.Item name={[row.name, 'op']} noStyle>
                      <Select
                        aria-label={t('roles.opOf')}
                        options={opsOf[kindOf(row.name)].map((op) => ({
                          value: op,
                          label: t(`roles.op.${op}`),
                        }))}
                      />
                    </Form.Item>
                    <Form.Item
                      name={[row.name, 'value']}
                      noStyle
                      rules={[{ required: true, message: t('field.required') }]}
                    >
                      {kindOf(row.name) === 'amount' ? (
                        <InputNumber
                          min={0}
                          precision={currencyDigits(currency)}
                          suffix={currency}
                          className="field-full"
                          aria-label={t('roles.valueOf')}
                        />
                      ) : kindOf(row.name) === 'user' ? (
                        <Select
                          showSearch={{ optionFilterProp: 'label' }}
                          aria-label={t('roles.valueOf')}
                          options={people.map(({ id, name: label }) => ({ value: id, label }))}
                        />
                      ) : (
                        <Input aria-label={t('roles.valueOf')} maxLength={200} />
                      )}
                    </Form.Item>
                  </>
                )}
              </Form.Item>
              <IconButton
                type="text"
                icon={<DeleteOutlined />}
                label={t('roles.removeCondition')}
                onClick={() => remove(row.name)}
              />
            </div>
          ))}
          <Button icon={<PlusOutlined />} onClick={() => add({ field: 'tier', op: 'eq', value: 'A' })}>
            {t('roles.addCondition')}
          </Button>
        </div>
      )}
    </Form.List>
  );
}
