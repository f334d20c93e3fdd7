import { Form, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { asCondition, asRow, type ConditionRow, Conditions } from '@/shared/access/Conditions';
import { conditionsOf, type Right, type RolesAnswer, scopeOf, wide } from '@/shared/access/roles';
import { useRoleWords } from '@/shared/access/useRoleWords';
import { useMe } from '@/shared/api/session';
import { FormDrawer } from '@/shared/ui/FormDrawer';

type Values = {
  object: string;
  actions: string[];
  effect: Right['effect'];
  scope: 'all' | 'own' | 'team' | 'some';
  conditions: ConditionRow[];
};
type Props = {
  answer: RolesAnswer;
  right?: Right;
  onClose: () => void;
  onSave: (right: Right) => Promise<unknown>;
};

/** One right of a role: what may be done, with what, for which accounts. */
export function RightDrawer({ answer, right, onClose, onSave }: Props) {
  const { t } = useTranslation();
  const words = useRoleWords();
  const { currency } = useMe().workspace;
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
        conditions: (conditions ?? []).map(asRow(currency)),
      }}
      onSubmit={({ object, actions, effect, scope, conditions: list }) =>
        onSave({
          object,
          actions,
          effect,
          scope: wide.has(object)
            ? 'all'
            : scope === 'some'
              ? scopeOf((list ?? []).map(asCondition(currency)))
              : scope,
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
                      <Conditions name={['conditions']} />
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
