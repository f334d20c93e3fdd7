import { Form } from 'antd';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormDoc } from '../../api/records';
import { makeJudge } from '../../form/judge';
import { groupsOf, isFormula, kindOf } from '../../form/kinds';
import type { Data, Json, Property } from '../../form/types';
import { useFormat } from '../../lib/useFormat';
import { Control } from './controls';

type Props = {
  form: string;
  record?: string;
  masked?: string[];
  /** Fields that the drawer has its own place for; all others follow here. Without it, only a company's own do. */
  besides?: string[];
  /** What the drawer's values are as a record: amounts in minor units. */
  read?: (values: Data) => Data;
};

/** The fields of a built-in form below the ones that the drawer knows itself, in the sections of its layout. */
export function CustomFields({ form: key, record, masked, besides, read }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: form } = useFormDoc(key);
  const values = (Form.useWatch([], Form.useFormInstance()) ?? {}) as Data;
  const judge = useMemo(() => (form ? makeJudge(form.schema) : undefined), [form]);
  if (!form || !judge) return null;
  const here = (field: string) =>
    !masked?.includes(field) &&
    (besides ? !besides.includes(field) : !form.schema.properties?.[field]?.['x-df-system']);
  const groups = groupsOf(form)
    .map((group) => ({ ...group, fields: group.fields.filter(here) }))
    .filter(({ fields }) => fields.length > 0);
  if (groups.length === 0) return null;
  const data = judge.settle(read ? read(values) : values);
  const hidden = judge.hidden(data);
  const required = judge.required(data);
  const line = (field: string) => {
    const property = form.schema.properties?.[field] as Property;
    const label = format.text(property['x-df-label']) || field;
    const common = { kind: kindOf(property), property, data, form: key, record, label };
    const id = `custom-${field}`;
    return isFormula(property) ? (
      <Form.Item key={field} label={label} htmlFor={id}>
        <Control id={id} {...common} value={data[field]} onChange={() => {}} />
      </Form.Item>
    ) : (
      <Form.Item
        key={field}
        name={field}
        label={label}
        htmlFor={id}
        required={required.has(field)}
        validateTrigger="onChange"
        extra={format.text(property['x-df-help']) || undefined}
        rules={[{ validator: (_, value) => checkOne(judge, { ...data, [field]: value }, field, t) }]}
      >
        <Bound {...common} id={id} />
      </Form.Item>
    );
  };
  return groups.map((group, at) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: sections are known by their place
    <fieldset key={at} className="rf-custom">
      <legend className="rf-group-title">{(besides && format.text(group.title)) || t('record.more')}</legend>
      {group.fields.filter((field) => !hidden.has(field)).map(line)}
    </fieldset>
  ));
}

type BoundProps = Omit<Parameters<typeof Control>[0], 'value' | 'onChange'>;

/** antd hands the value over by cloning its child. */
function Bound({
  value,
  onChange,
  ...props
}: BoundProps & { value?: Json; onChange?: (value: Json | undefined) => void }) {
  return <Control {...props} value={value} onChange={(next) => onChange?.(next)} />;
}

function checkOne(judge: ReturnType<typeof makeJudge>, data: Data, field: string, t: TFunction) {
  const wrong = judge.validate(judge.settle(data)).find(({ pointer }) => pointer.split('/')[1] === field);
  if (!wrong) return Promise.resolve();
  const key = `record.rule.${wrong.rule.replace(/[. ]/g, '_')}`;
  return Promise.reject(new Error(t(key, { limit: wrong.limit, defaultValue: t('record.rule.schema') })));
}
