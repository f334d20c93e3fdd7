import { Select } from 'antd';
import { useRef } from 'react';
import { useFormat } from '@/shared/lib/useFormat';
import type { Choices, Kind, Schema } from '../model/catalog';
import { type Cfg, type Filter, isObject } from '../model/document';
import { kindOf, shownWith, turnTo } from '../model/kinds';
import { boundTo, paramTypesFor } from '../model/params';
import { ExtraProvider, usePanel, type WidgetProps } from './context';
import { Field } from './Field';
import { FilterEditor } from './FilterEditor';
import { ListWidget } from './ListWidget';
import { ParamOffer, ParamValue } from './ParamSetting';
import { TemplateWidget } from './TemplateWidget';
import { TextWidget } from './TextWidget';
import { ValuesWidget } from './ValuesWidget';
import { WaysWidget } from './Ways';
import {
  AssignWidget,
  ChannelWidget,
  EventsWidget,
  FieldWidget,
  PlainWidget,
  RoleWidget,
  SpanWidget,
  TimeWidget,
  UserWidget,
} from './widgets';

/** The settings of a step, drawn from its type's schema. */
export function SchemaForm({
  schema,
  value,
  onChange,
  pointer,
}: {
  schema: Schema;
  value: Cfg;
  onChange: (cfg: Cfg, property: string) => void;
  pointer: string;
}) {
  const format = useFormat();
  const choices = schema['x-df-choice'];
  const kind = choices && kindOf(choices, value);
  const names = Object.keys(schema.properties ?? {});
  const shown = choices && kind ? shownWith(choices, kind, names) : names;
  const fields = shown.map((name) => {
    const part = schema.properties?.[name] ?? {};
    return (
      <Property
        key={name}
        schema={part}
        label={format.text(part['x-df-title']) || name}
        help={format.text(part['x-df-help']) || undefined}
        pointer={`${pointer}/${name}`}
        value={value[name]}
        onChange={(next) => {
          const { [name]: _, ...rest } = value;
          onChange(next === undefined ? rest : { ...value, [name]: next }, name);
        }}
      />
    );
  });
  if (!choices || !kind) return fields;
  return (
    <>
      <KindPicker
        choices={choices}
        kind={kind}
        onPick={(next) => onChange(turnTo(choices, next, value), 'kind')}
      />
      {fields}
    </>
  );
}

/** Which of several ways: asked first, so that only its own fields are there. */
function KindPicker({
  choices,
  kind,
  onPick,
}: {
  choices: Choices;
  kind: Kind;
  onPick: (kind: Kind) => void;
}) {
  const format = useFormat();
  const { readOnly } = usePanel();
  return (
    <Field label={format.text(choices.title)}>
      {({ id }) => (
        <Select
          id={id}
          className="prop-full"
          value={kind.by}
          disabled={readOnly}
          options={choices.kinds.map(({ by, title }) => ({ value: by, label: format.text(title) }))}
          onChange={(by) => {
            const next = choices.kinds.find((one) => one.by === by);
            if (next && by !== kind.by) onPick(next);
          }}
        />
      )}
    </Field>
  );
}

/** A setting: its own control, or the parameter that it takes its value from. */
export function Property({ schema, ...props }: WidgetProps & { schema: Schema }) {
  const { params, readOnly } = usePanel();
  // Whoever goes from a value to a parameter, or back, by keyboard is not left without a place.
  const turned = useRef(false);
  const turn = (value: unknown) => {
    turned.current = true;
    props.onChange(value);
  };
  const bound = boundTo(schema, props.value);
  const shared = { ...props, schema, onChange: turn, autoFocus: turned.current };
  if (bound !== undefined) return <ParamValue {...shared} name={bound} />;
  const offered =
    !readOnly &&
    !props.pointer.startsWith('/params/') &&
    Object.keys(params).length > 0 &&
    paramTypesFor(schema).length > 0;
  return (
    <ExtraProvider value={offered ? <ParamOffer {...shared} /> : null}>
      <Control {...props} schema={schema} />
    </ExtraProvider>
  );
}

function Control({ schema, ...props }: WidgetProps & { schema: Schema }) {
  const { value } = props;
  switch (schema['x-df-widget']) {
    case 'span':
      return <SpanWidget {...props} />;
    case 'time':
      return <TimeWidget {...props} />;
    case 'filter':
      return <FilterEditor {...props} value={value as Filter | undefined} />;
    case 'text':
      return <TextWidget {...props} variables={schema['x-df-variables'] === true} />;
    case 'template':
      return <TemplateWidget {...props} />;
    case 'channel':
      return <ChannelWidget {...props} />;
    case 'channels':
      return <ChannelWidget {...props} many />;
    case 'assign':
      return <AssignWidget {...props} />;
    case 'events':
      return schema.items?.enum ? <ListWidget {...props} schema={schema} /> : <EventsWidget {...props} />;
    case 'field':
      return <FieldWidget {...props} of={schema['x-df-of']} />;
    case 'fields':
      return <FieldWidget {...props} many />;
    case 'user':
      return <UserWidget {...props} />;
    case 'role':
      return <RoleWidget {...props} />;
    case 'values':
      return <ValuesWidget {...props} />;
    case 'cases':
    case 'shares':
    case 'results':
      return <WaysWidget {...props} kind={schema['x-df-widget']} />;
  }
  if (schema.type === 'object' && schema.properties) return <Nested {...props} schema={schema} />;
  if (schema.type === 'array') return <ListWidget {...props} schema={schema} />;
  return <PlainWidget {...props} schema={schema} />;
}

function Nested({ schema, label, help, value, onChange, pointer }: WidgetProps & { schema: Schema }) {
  return (
    <fieldset className="prop-nested">
      <legend className="prop-label">{label}</legend>
      {help && <p className="prop-help">{help}</p>}
      <SchemaForm
        schema={schema}
        pointer={pointer}
        value={isObject(value) ? value : {}}
        onChange={(next) => onChange(Object.keys(next).length ? next : undefined)}
      />
    </fieldset>
  );
}
