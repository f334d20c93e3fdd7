import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import { IconButton } from '@/shared/ui/IconButton';
import { channelClasses, units } from '../../model/contact';

const maxBudgets = 8;

/** How often a customer may be contacted: all lines must allow it. */
export function BudgetRows() {
  const { t } = useTranslation();
  const canWrite = useCan('settings.write');
  const required = [{ required: true, message: t('field.required') }];
  return (
    <Form.List name="budgets">
      {(rows, { add, remove }, { errors }) => (
        <div className="budget-rows">
          {rows.map(({ key, name }, at) => (
            <div
              key={key}
              className="budget-row"
              role="group"
              aria-label={t('conduct.budgetLine', { n: at + 1 })}
            >
              <Form.Item name={[name, 'max']} label={t('conduct.atMost')} rules={required}>
                <InputNumber min={1} max={100} precision={0} className="field-full" />
              </Form.Item>
              <Form.Item
                name={[name, 'class']}
                label={t('conduct.what')}
                getValueProps={(value) => ({ value: value ?? '' })}
                normalize={(value) => value || undefined}
              >
                <Select
                  options={channelClasses.map((value) => ({
                    value,
                    label: t(`conduct.class.${value || 'any'}`),
                  }))}
                />
              </Form.Item>
              <Form.Item name={[name, 'per', 'value']} label={t('conduct.within')} rules={required}>
                <InputNumber min={1} max={365} precision={0} className="field-full" />
              </Form.Item>
              <Form.Item name={[name, 'per', 'unit']} label={t('conduct.unit')}>
                <Select options={units.map((value) => ({ value, label: t(`unitName.${value}`) }))} />
              </Form.Item>
              {canWrite && (
                <IconButton
                  type="text"
                  icon={<DeleteOutlined />}
                  label={t('conduct.budgetRemove', { n: at + 1 })}
                  onClick={() => remove(name)}
                />
              )}
            </div>
          ))}
          <Form.ErrorList errors={errors} />
          {canWrite && rows.length < maxBudgets && (
            <Button
              size="small"
              icon={<PlusOutlined />}
              onClick={() => add({ max: 1, per: { value: 1, unit: 'day' }, class: 'call' })}
            >
              {t('conduct.budgetAdd')}
            </Button>
          )}
        </div>
      )}
    </Form.List>
  );
}
