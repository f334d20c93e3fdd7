import { useQuery } from '@tanstack/react-query';
import { Form } from 'antd';
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import { makeJudge } from '../../form/judge';
import { groupsOf, isFormula, kindOf } from '../../form/kinds';
import type { Data, FormDoc, Json, Property } from '../../form/types';
import { useFormat } from '../../lib/useFormat';
import { Control } from './controls';

type Props = {
  form: string;
  record?: string;
  masked?: string[];
  /** What the drawer's values are as a record: amounts in minor units. */
  read?: (values: Data) => Data;
};

/** The fields that a company added to a built-in form, below the ones the drawer knows itself. */
export function CustomFields({ form: key, record, masked, read }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data: form } = useQuery({
    queryKey: ['form', key],
    queryFn: () => api.get<FormDoc>(`/forms/${key}`),
    staleTime: 60_000,
  });
  const values = (Form.useWatch([], Form.useFormInstance()) ?? {}) as Data;
  const judge = useMemo(() => (form ? makeJudge(form.schema) : undefined), [form]);
  if (!form || !judge) return null;
  const own = groupsOf(form)
    .flatMap(({ fields }) => fields)
    .filter((field) => !form.schema.properties?.[field]?.['x-df-system'] && !masked?.includes(field));
  if (own.length === 0) return null;
  const data = judge.settle(read ? read(values) : values);
  const hidden = judge.hidden(data);
  const required = judge.required(data);
  return (
    <fieldset className="rf-custom">
      <legend className="rf-group-title">{t('record.more')}</legend>
      {own
        .filter((field) => !hidden.has(field))
        .map((field) => {
          const property = form.schema.properties?.[field] as Property;
          const label = format.text(property['x-df-label']) || field;
          const common = { kind: kindOf(property), property, data, form: key, record, label };
          return isFormula(property) ? (
            <Form.Item key={field} label={label} htmlFor={`custom-${field}`}>
              <Control id={`custom-${field}`} {...common} value={data[field]} onChange={() => {}} />
            </Form.Item>
          ) : (
            <Form.Item
              key={field}
              name={field}
              label={label}
              htmlFor={`custom-${field}`}
              required={required.has(field)}
              validateTrigger="onChange"
              extra={format.text(property['x-df-help']) || undefined}
              rules={[{ validator: (_, value) => checkOne(judge, { ...data, [field]: value }, field, t) }]}
            >
              <Bound {...common} id={`custom-${field}`} />
            </Form.Item>
          );
        })}
    </fieldset>
  );
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
