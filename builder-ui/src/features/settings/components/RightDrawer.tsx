import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import {
  type Condition,
  conditionsOf,
  type Right,
  type RolesAnswer,
  scopeOf,
  wide,
} from '@/shared/access/roles';
import { useRoleWords } from '@/shared/access/useRoleWords';
import { FormDrawer } from '@/shared/ui/FormDrawer';

type Values = {
  object: string;
  actions: string[];
  effect: Right['effect'];
  scope: 'all' | 'own' | 'team' | 'some';
  conditions: { field: string; op: string; value: string }[];
};
type Props = {
  answer: RolesAnswer;
  right?: Right;
  onClose: () => void;
  onSave: (right: Right) => Promise<unknown>;
};

const fields = ['tier', 'region', 'team', 'owner'];
const ops = ['eq', 'ne', 'in'];
const asText = ({ field, op, value }: Condition) => ({
  field,
  op,
  value: Array.isArray(value) ? value.join(', ') : String(value ?? ''),
});
const asCondition = ({ field, op, value }: Values['conditions'][number]): Condition => ({
  field,
  op,
  value:
    op === 'in'
      ? value
          .split(/[,，、]/)
          .map((part) => part.trim())
          .filter(Boolean)
      : value.trim(),
});

/** One right of a role: what may be done, with what, for which accounts. */
export function RightDrawer({ answer, right, onClose, onSave }: Props) {
  const { t } = useTranslation();
  const words = useRoleWords();
  const conditions = right ? conditionsOf(right.scope) : [];
  const option = (label: (key: string) => string) => (value: string) => ({ value, label: label(value) });
  return (
    <FormDrawer<Values>
      open
      onClose={onClose}
      title={right ? t('roles.change') : t('roles.add')}
      submit={t('action.save')}
      done={t('state.saved')}
      initial={{
        object: right?.object ?? 'customer',
        actions: right?.actions ?? ['read'],
        effect: right?.effect ?? 'allow',
        scope: typeof right?.scope === 'string' ? (right.scope as Values['scope']) : right ? 'some' : 'own',
        conditions: (conditions ?? []).map(asText),
      }}
      onSubmit={({ object, actions, effect, scope, conditions: list }) =>
        onSave({
          object,
          actions,
          effect,
          scope: wide.has(object) ? 'all' : scope === 'some' ? scopeOf((list ?? []).map(asCondition)) : scope,
        })
      }
    >
      {(form) => (
        <>
          <Form.Item name="effect" label={t('roles.effect')}>
            <Select options={['allow', 'deny'].map(option((key) => t(`roles.effects.${key}`)))} />
          </Form.Item>
          <Form.Item name="object" label={t('roles.with')}>
            <Select
              showSearch
              optionFilterProp="label"
              options={['*', ...answer.objects].map(option(words.object))}
            />
          </Form.Item>
          <Form.Item
            name="actions"
            label={t('roles.what')}
            rules={[{ required: true, message: t('field.required') }]}
          >
            <Select
              mode="multiple"
              optionFilterProp="label"
              options={['*', ...answer.actions, ...answer.commands].map(option(words.action))}
            />
          </Form.Item>
          <Form.Item noStyle shouldUpdate={(a, b) => a.object !== b.object || a.scope !== b.scope}>
            {() =>
              wide.has(form.getFieldValue('object')) ? null : (
                <>
                  <Form.Item name="scope" label={t('roles.whose')}>
                    <Select
                      options={['all', 'own', 'team', 'some'].map(option((key) => t(`roles.scope.${key}`)))}
                    />
                  </Form.Item>
                  {form.getFieldValue('scope') === 'some' &&
                    (conditions === undefined ? (
                      <p className="list-sub">{t('roles.complexHint')}</p>
                    ) : (
                      <Form.List name="conditions">
                        {(rows, { add, remove }) => (
                          <div className="roles-conditions">
                            {rows.map((row) => (
                              <div key={row.key} className="roles-condition">
                                <Form.Item name={[row.name, 'field']} noStyle>
                                  <Select
                                    aria-label={t('roles.fieldOf')}
                                    options={fields.map(option((key) => t(`roles.field.${key}`)))}
                                  />
                                </Form.Item>
                                <Form.Item name={[row.name, 'op']} noStyle>
                                  <Select
                                    aria-label={t('roles.opOf')}
                                    options={ops.map(option((key) => t(`roles.op.${key}`)))}
                                  />
                                </Form.Item>
                                <Form.Item name={[row.name, 'value']} noStyle rules={[{ required: true }]}>
                                  <Input aria-label={t('roles.valueOf')} />
                                </Form.Item>
                                <Button
                                  type="text"
                                  icon={<DeleteOutlined />}
                                  aria-label={t('roles.removeCondition')}
                                  onClick={() => remove(row.name)}
                                />
                              </div>
                            ))}
                            <Button
                              icon={<PlusOutlined />}
                              onClick={() => add({ field: 'tier', op: 'eq', value: 'A' })}
                            >
                              {t('roles.addCondition')}
                            </Button>
                          </div>
                        )}
                      </Form.List>
                    ))}
                </>
              )
            }
          </Form.Item>
        </>
      )}
    </FormDrawer>
  );
}
