import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Form, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { accountFields, asCondition, asRow, type ConditionRow, Conditions } from '@/shared/access/Conditions';
import { conditionsOf, scopeOf } from '@/shared/access/roles';
import { useUserNames } from '@/shared/api/names';
import { useCan, useMe } from '@/shared/api/session';
import { IconButton } from '@/shared/ui/IconButton';
import { Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useMembers, useSaveTaskSettings, useTaskSettings } from '../api/settings';
import type { TaskRule, TaskSettings } from '../model/settings';
import { useRoleOptions } from './useRoleOptions';

type RuleRow = Omit<TaskRule, 'when'> & { conditions: ConditionRow[]; raw?: TaskRule['when'] };
type Values = Omit<TaskSettings, 'rules' | 'version'> & { rules: RuleRow[] };

/** A condition that was written as JSON and cannot be shown as rows is kept as it is. */
const rowOf = (currency: string, { when, ...rule }: TaskRule): RuleRow => {
  const list = when && Object.keys(when).length > 0 ? conditionsOf(when) : [];
  return list ? { ...rule, conditions: list.map(asRow(currency)) } : { ...rule, conditions: [], raw: when };
};
const ruleOf = (currency: string, { conditions, raw, ...rule }: RuleRow): TaskRule => ({
  ...rule,
  when:
    raw ??
    (conditions?.length > 0
      ? (scopeOf(conditions.map(asCondition(currency))) as TaskRule['when'])
      : undefined),
});

export function TasksTab() {
  const settings = useTaskSettings();
  if (settings.error) return <ErrorState error={settings.error} onRetry={() => settings.refetch()} />;
  if (!settings.data) return <Lines rows={6} />;
  return <TasksForm settings={settings.data} key={settings.data.version} />;
}

function TasksForm({ settings }: { settings: TaskSettings }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const canWrite = useCan('settings.write');
  const { currency } = useMe().workspace;
  const roles = useRoleOptions();
  const save = useSaveTaskSettings();
  const [form] = Form.useForm<Values>();
  const submit = ({ rules, ...rest }: Values) =>
    save.mutate(
      { ...rest, rules: (rules ?? []).map((rule) => ruleOf(currency, rule)), version: settings.version },
      {
        onSuccess: () => message.success(t('state.saved')),
        onError: (cause) => message.error(errorText(cause, t).text),
      },
    );
  const days = (name: keyof Values, min: number) => (
    <Form.Item name={name} label={t(`duty.${name}`)} extra={t(`duty.${name}Hint`)}>
      <InputNumber min={min} max={60} precision={0} suffix={t('duty.days')} className="duty-days" />
    </Form.Item>
  );
  return (
    <Form
      form={form}
      layout="vertical"
      requiredMark={false}
      disabled={!canWrite}
      initialValues={{ ...settings, rules: settings.rules.map((rule) => rowOf(currency, rule)) }}
      onFinish={submit}
    >
      <Section title={t('duty.rules')} className="settings-form settings-gap duty">
        <p className="list-sub">{t('duty.rulesText')}</p>
        <Form.List name="rules">
          {(rows, { add, remove, move }) => (
            <>
              <ol className="duty-rules">
                {rows.map((row, at) => (
                  <li key={row.key} className="duty-rule">
                    <Rule row={row.name} />
                    <span className="duty-tools">
                      <IconButton
                        type="text"
                        size="small"
                        icon={<ArrowUpOutlined />}
                        label={t('duty.up', { n: at + 1 })}
                        disabled={at === 0 || !canWrite}
                        onClick={() => move(at, at - 1)}
                      />
                      <IconButton
                        type="text"
                        size="small"
                        icon={<ArrowDownOutlined />}
                        label={t('duty.down', { n: at + 1 })}
                        disabled={at === rows.length - 1 || !canWrite}
                        onClick={() => move(at, at + 1)}
                      />
                      <IconButton
                        type="text"
                        size="small"
                        icon={<DeleteOutlined />}
                        label={t('duty.remove', { n: at + 1 })}
                        onClick={() => remove(row.name)}
                      />
                    </span>
                  </li>
                ))}
              </ol>
              <Button icon={<PlusOutlined />} onClick={() => add({ name: '', to: 'owner', conditions: [] })}>
                {t('duty.add')}
              </Button>
            </>
          )}
        </Form.List>
      </Section>
      <Section title={t('duty.times')} className="settings-form duty">
        {days('dueDays', 0)}
        {days('remindDays', -1)}
        {days('escalateDays', 0)}
        <Form.Item name="escalateTo" label={t('duty.escalateTo')}>
          <Select options={roles.options} optionFilterProp="label" />
        </Form.Item>
        {canWrite && (
          <Button type="primary" htmlType="submit" loading={save.isPending}>
            {t('action.save')}
          </Button>
        )}
      </Section>
    </Form>
  );
}

function Rule({ row }: { row: number }) {
  const { t } = useTranslation();
  const form = Form.useFormInstance<Values>();
  const people = useUserNames().data ?? [];
  const members = useMembers();
  const teams = [...new Set((members.data ?? []).flatMap(({ teams: mine }) => mine ?? []))].sort();
  const required = [{ required: true, message: t('field.required') }];
  return (
    <div className="duty-body">
      <Form.Item name={[row, 'name']} label={t('duty.name')} rules={required}>
        <Input maxLength={100} />
      </Form.Item>
      <div role="group" className="duty-when" aria-label={t('duty.when')}>
        <div className="field-label">{t('duty.when')}</div>
        {form.getFieldValue(['rules', row, 'raw']) ? (
          <p className="list-sub">{t('duty.complex')}</p>
        ) : (
          <Conditions name={[row, 'conditions']} path={['rules', row, 'conditions']} fields={accountFields} />
        )}
      </div>
      <div className="duty-to">
        <Form.Item name={[row, 'to']} label={t('duty.to')}>
          <Select
            options={(['owner', 'user', 'team'] as const).map((value) => ({
              value,
              label: t(`duty.who.${value}`),
            }))}
          />
        </Form.Item>
        <Form.Item noStyle shouldUpdate>
          {() => {
            const to = form.getFieldValue(['rules', row, 'to']);
            if (to === 'user')
              return (
                <Form.Item name={[row, 'user']} label={t('duty.person')} rules={required}>
                  <Select
                    showSearch={{ optionFilterProp: 'label' }}
                    options={people.map(({ id, name }) => ({ value: id, label: name }))}
                  />
                </Form.Item>
              );
            if (to === 'team')
              return (
                <Form.Item name={[row, 'team']} label={t('duty.team')} rules={required}>
                  <Select options={teams.map((value) => ({ value, label: value }))} />
                </Form.Item>
              );
            return null;
          }}
        </Form.Item>
      </div>
    </div>
  );
}
