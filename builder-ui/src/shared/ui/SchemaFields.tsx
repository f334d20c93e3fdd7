import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Form, Input, InputNumber, Select, Switch } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Text } from '../api/types';
import { useFormat } from '../lib/useFormat';
import { IconButton } from './IconButton';

/** A setting as its JSON Schema describes it; the `x-df-*` words are the server's. */
export type SettingSchema = {
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  properties?: Record<string, SettingSchema>;
  items?: SettingSchema;
  required?: string[];
  const?: string;
  allOf?: { if?: SettingSchema; then?: SettingSchema }[];
  'x-df-title'?: Text;
  'x-df-help'?: Text;
  'x-df-labels'?: Record<string, Text>;
  'x-df-widget'?: string;
  'x-df-group'?: string;
  'x-df-when'?: Record<string, string | string[]>;
  'x-df-order'?: string[];
  'x-df-secret'?: boolean;
  'x-df-advanced'?: boolean;
  /** Holds for one choice of that setting only: another choice empties it. */
  'x-df-of'?: string;
};

export type Settings = Record<string, unknown>;

/** What stands for a secret that is stored and never shown. */
export const hiddenSecret = '•••';

const shown = (schema: SettingSchema, values: Settings) =>
  Object.entries(schema['x-df-when'] ?? {}).every(([name, want]) =>
    ([] as unknown[]).concat(want).includes(values[name]),
  );

/** What must be filled in, given what is chosen. */
export function requiredOf(schema: SettingSchema, values: Settings): ReadonlySet<string> {
  const names = new Set(schema.required);
  for (const rule of schema.allOf ?? []) {
    const chosen = Object.entries(rule.if?.properties ?? {});
    if (chosen.every(([name, want]) => values[name] === want.const))
      for (const name of rule.then?.required ?? []) names.add(name);
  }
  return names;
}

/** The settings that belong to what is chosen; empty ones are left out, a secret left alone stays. */
export function settingsOf(schema: SettingSchema, values: Settings, stored: Settings): Settings {
  const out: Settings = {};
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    if (!shown(property, values)) continue;
    const value = values[name];
    const empty = value === undefined || value === null || value === '';
    if (empty && property['x-df-secret'] && stored[name]) out[name] = hiddenSecret;
    else if (!empty) out[name] = value;
  }
  return out;
}

/** What a form starts with: everything but the secrets. */
export function startOf(schema: SettingSchema, stored: Settings): Settings {
  return Object.fromEntries(
    Object.entries(stored).filter(([name]) => !schema.properties?.[name]?.['x-df-secret']),
  );
}

type Props = {
  schema: SettingSchema;
  stored: Settings;
  /** The choices of widgets that name something of the workspace. */
  options?: Record<string, { value: string; label: string }[]>;
  advanced?: string;
};

/** The fields of a settings form, made from its schema. They stand inside an antd Form. */
export function SchemaFields({ schema, stored, options, advanced }: Props) {
  const form = Form.useFormInstance();
  const values = (Form.useWatch([], form) ?? {}) as Settings;
  const emptyThoseOf = (choice: string) => {
    for (const [name, property] of Object.entries(schema.properties ?? {}))
      if (property['x-df-of'] === choice) form.setFieldValue(name, undefined);
  };
  const names = schema['x-df-order'] ?? Object.keys(schema.properties ?? {});
  const fields = names.flatMap((name) => {
    const property = schema.properties?.[name];
    return property && shown(property, values) ? [{ name, property }] : [];
  });
  const required = requiredOf(schema, values);
  const draw = ({ name, property }: { name: string; property: SettingSchema }) => (
    <SettingField
      key={name}
      name={name}
      schema={property}
      stored={stored[name]}
      options={options}
      required={required.has(name)}
      onChoose={() => emptyThoseOf(name)}
    />
  );
  const rest = fields.filter(({ property }) => property['x-df-advanced']);
  return (
    <>
      {fields.filter(({ property }) => !property['x-df-advanced']).map(draw)}
      {rest.length > 0 && advanced && (
        <details className="schema-more">
          <summary>{advanced}</summary>
          {rest.map(draw)}
        </details>
      )}
    </>
  );
}

type FieldProps = {
  name: string;
  required: boolean;
  schema: SettingSchema;
  stored: unknown;
  options?: Props['options'];
  onChoose: () => void;
};

function SettingField({ name, schema, stored, options, required, onChoose }: FieldProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const label = format.text(schema['x-df-title']) || name;
  const help = format.text(schema['x-df-help']);
  if (schema['x-df-widget'] === 'codes')
    return <CodeRows name={name} schema={schema} label={label} help={help} options={options} />;
  const item = {
    name,
    label,
    extra: help || undefined,
    required,
    rules: required && !stored ? [{ required: true, message: t('field.required') }] : undefined,
  };
  if (schema.type === 'boolean')
    return (
      // A switch always has a value: to call it optional says nothing.
      <Form.Item {...item} required valuePropName="checked">
        <Switch />
      </Form.Item>
    );
  return <Form.Item {...item}>{control(schema, stored, { t, say: format.text, onChoose })}</Form.Item>;
}

function control(
  schema: SettingSchema,
  stored: unknown,
  { t, say, onChoose }: { t: (key: string) => string; say: (text?: Text) => string; onChoose: () => void },
): ReactNode {
  if (schema.enum)
    return (
      <Select
        allowClear
        placeholder={t('field.choose')}
        onChange={onChoose}
        options={schema.enum
          .filter((value) => value !== '')
          .map((value) => ({ value, label: say(schema['x-df-labels']?.[value]) || value }))}
      />
    );
  if (schema.type === 'integer' || schema.type === 'number')
    return (
      <InputNumber
        className="schema-number"
        min={schema.minimum}
        max={schema.maximum}
        precision={schema.type === 'integer' ? 0 : undefined}
      />
    );
  if (schema['x-df-secret'])
    return (
      <Input.Password
        autoComplete="new-password"
        maxLength={schema.maxLength}
        placeholder={stored ? t('schema.secretStored') : undefined}
      />
    );
  if (schema['x-df-widget'] === 'longText') return <Input.TextArea rows={3} maxLength={schema.maxLength} />;
  return <Input autoComplete="off" maxLength={schema.maxLength} />;
}

type CodeRowsProps = Omit<FieldProps, 'stored' | 'required' | 'onChoose'> & { label: string; help: string };

/** Which of the provider's templates stands for which of ours. */
function CodeRows({ name, schema, label, help, options }: CodeRowsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const column = schema.items?.properties ?? {};
  const title = (key: string) => format.text(column[key]?.['x-df-title']) || key;
  return (
    <fieldset className="schema-codes">
      <legend className="field-label">{label}</legend>
      {help && <p className="list-sub">{help}</p>}
      <Form.List name={name}>
        {(rows, { add, remove }) => (
          <>
            {rows.map(({ key, name: row }) => (
              <div key={key} className="schema-code">
                <Form.Item
                  name={[row, 'template']}
                  rules={[{ required: true, message: t('field.required') }]}
                >
                  <Select
                    showSearch
                    optionFilterProp="label"
                    aria-label={title('template')}
                    placeholder={title('template')}
                    options={options?.template}
                  />
                </Form.Item>
                <Form.Item name={[row, 'code']} rules={[{ required: true, message: t('field.required') }]}>
                  <Input aria-label={title('code')} placeholder={title('code')} autoComplete="off" />
                </Form.Item>
                <Form.Item name={[row, 'language']} className="schema-code-wide">
                  <Select
                    allowClear
                    aria-label={title('language')}
                    placeholder={t('schema.anyLanguage')}
                    options={(column.language?.enum ?? [])
                      .filter((value) => value !== '')
                      .map((value) => ({ value, label: t(`lang.${value}`) }))}
                  />
                </Form.Item>
                <Form.Item name={[row, 'variables']} className="schema-code-wide">
                  <Select
                    mode="tags"
                    // The list would take Tab for choosing its first entry, which nobody asked for.
                    onInputKeyDown={(event) => event.key === 'Tab' && event.stopPropagation()}
                    aria-label={title('variables')}
                    placeholder={title('variables')}
                    tokenSeparators={[',', '，', ' ']}
                    options={options?.variable}
                  />
                </Form.Item>
                <IconButton
                  type="text"
                  icon={<DeleteOutlined />}
                  label={t('schema.removeRow')}
                  onClick={() => remove(row)}
                />
              </div>
            ))}
            <Button size="small" icon={<PlusOutlined />} onClick={() => add({ variables: [] })}>
              {t('schema.addRow')}
            </Button>
          </>
        )}
      </Form.List>
    </fieldset>
  );
}
