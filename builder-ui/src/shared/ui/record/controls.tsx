import { DatePicker, Input, InputNumber, Switch } from 'antd';
import dayjs from 'dayjs';
import { Suspense, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lazy } from '@/shared/lib/lazy';
import { useSession } from '../../api/session';
import { isFormula } from '../../form/kinds';
import type { Json } from '../../form/types';
import { currencies, toMajor, toMinor } from '../../lib/money';
import { timezones } from '../../lib/timezones';
import { useFormat } from '../../lib/useFormat';
import { aria } from './aria';
import { ChannelControl, ChoiceControl, ManyControl, named, PickControl, UserControl } from './pickers';
import type { ControlProps } from './types';

const AddressControl = lazy(() => import('./AddressControl').then((m) => ({ default: m.AddressControl })));
const FileControl = lazy(() => import('./FileControl').then((m) => ({ default: m.FileControl })));
const ReferenceControl = lazy(() =>
  import('./ReferenceControl').then((m) => ({ default: m.ReferenceControl })),
);
const RowsControl = lazy(() => import('./RowsControl').then((m) => ({ default: m.RowsControl })));

/** The control of a field by its kind; a kind nobody knows here stays as it is and says so. */
export function Control(props: ControlProps) {
  if (isFormula(props.property) || props.kind === 'autoNumber') return <Computed {...props} />;
  switch (props.kind) {
    case 'text':
    case 'team':
      return <TextControl {...props} />;
    case 'email':
      return <TextControl {...props} type="email" />;
    case 'phone':
      return <TextControl {...props} type="tel" />;
    case 'longText':
      return <LongTextControl {...props} />;
    case 'number':
    case 'percent':
      return <NumberControl {...props} />;
    case 'money':
      return <MoneyControl {...props} />;
    case 'date':
    case 'date-time':
      return <DateControl {...props} />;
    case 'boolean':
      return <YesNoControl {...props} />;
    case 'choice':
      return <ChoiceControl {...props} />;
    case 'user':
      return <UserControl {...props} />;
    case 'currency':
      return <PickControl {...props} options={named(currencies)} />;
    case 'timezone':
      return <PickControl {...props} options={named(timezones())} />;
    case 'channel':
      return <ChannelControl {...props} />;
    case 'multiChoice':
      return <ManyControl {...props} />;
    case 'reference':
      return (
        <Suspense fallback={<span className="line" />}>
          <ReferenceControl {...props} />
        </Suspense>
      );
    case 'address':
      return (
        <Suspense fallback={<span className="line" />}>
          <AddressControl {...props} />
        </Suspense>
      );
    case 'file':
      return (
        <Suspense fallback={<span className="line" />}>
          <FileControl {...props} />
        </Suspense>
      );
    case 'rows':
      return (
        <Suspense fallback={<span className="line" />}>
          <RowsControl {...props} />
        </Suspense>
      );
  }
  return <Unknown {...props} />;
}

/** Kinds whose several controls share one label. */
export const isGroup = (kind: string) => kind === 'address' || kind === 'rows' || kind === 'file';

const textOf = (value: Json | undefined) => (typeof value === 'string' ? value : '');

function TextControl({ type, ...props }: ControlProps & { type?: string }) {
  return (
    <Input
      id={props.id}
      type={type === 'email' ? 'text' : type}
      inputMode={type as 'email'}
      autoComplete="off"
      maxLength={props.property.maxLength}
      value={textOf(props.value)}
      disabled={props.disabled}
      onChange={({ target }) => props.onChange(target.value || undefined)}
      {...aria(props)}
    />
  );
}

function LongTextControl(props: ControlProps) {
  return (
    <Input.TextArea
      id={props.id}
      rows={2}
      className="grow"
      maxLength={props.property.maxLength}
      value={textOf(props.value)}
      disabled={props.disabled}
      onChange={({ target }) => props.onChange(target.value || undefined)}
      {...aria(props)}
    />
  );
}

function NumberControl(props: ControlProps) {
  return (
    <InputNumber
      id={props.id}
      className="field-full num"
      value={typeof props.value === 'number' ? props.value : null}
      precision={props.property.type === 'integer' ? 0 : undefined}
      suffix={props.kind === 'percent' ? '%' : undefined}
      controls={false}
      disabled={props.disabled}
      onChange={(value) => props.onChange(typeof value === 'number' ? value : undefined)}
      {...aria(props)}
    />
  );
}

/** Money is typed as people write it and kept in minor units of the record's currency. */
function MoneyControl(props: ControlProps) {
  const { t } = useTranslation();
  const home = useSession().data?.workspace.currency ?? 'CNY';
  const currency = typeof props.data.currency === 'string' ? props.data.currency : home;
  const shown = typeof props.value === 'number' ? toMajor(props.value, currency) : '';
  const [typed, setTyped] = useState(shown);
  const [bad, setBad] = useState(false);
  useEffect(() => {
    setTyped((now) => (toMinor(now, currency) === props.value ? now : shown));
    setBad(false);
  }, [shown, currency, props.value]);
  return (
    <>
      <Input
        id={props.id}
        inputMode="decimal"
        autoComplete="off"
        className="num"
        suffix={currency}
        value={typed}
        disabled={props.disabled}
        onChange={({ target }) => {
          setTyped(target.value);
          const minor = target.value ? toMinor(target.value, currency) : undefined;
          setBad(target.value !== '' && minor === undefined);
          props.onChange(minor);
        }}
        {...aria(props)}
        status={bad || props.invalid ? 'error' : undefined}
      />
      {bad && (
        <p className="rf-error" role="alert">
          {t('field.amountInvalid')}
        </p>
      )}
    </>
  );
}

function DateControl(props: ControlProps) {
  const { zone } = useFormat();
  const withTime = props.kind === 'date-time';
  const text = textOf(props.value);
  const value = text && dayjs(text).isValid() ? dayjs(text) : null;
  return (
    <DatePicker
      id={props.id}
      className="field-full"
      showTime={withTime ? { format: 'HH:mm' } : false}
      format={withTime ? 'YYYY-MM-DD HH:mm' : 'YYYY-MM-DD'}
      value={value}
      disabled={props.disabled}
      title={withTime ? zone : undefined}
      onChange={(next) =>
        props.onChange(
          next
            ? withTime
              ? next.second(0).millisecond(0).toISOString()
              : next.format('YYYY-MM-DD')
            : undefined,
        )
      }
      {...aria(props)}
    />
  );
}

/** Yes, no, or not said: a switch would always say no. */
function YesNoControl(props: ControlProps) {
  const { t } = useTranslation();
  return (
    <span className="rf-switch">
      <Switch
        id={props.id}
        checked={props.value === true}
        disabled={props.disabled}
        onChange={(on) => props.onChange(on)}
        aria-describedby={props.describedBy}
      />
      <span aria-hidden>{t(props.value === true ? 'record.yes' : 'record.no')}</span>
    </span>
  );
}

/** A value that the server makes: numbers and formulas. */
function Computed(props: ControlProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const home = useSession().data?.workspace.currency ?? 'CNY';
  const currency = typeof props.data.currency === 'string' ? props.data.currency : home;
  let shown = '';
  if (typeof props.value === 'number')
    shown = props.kind === 'money' ? format.money(props.value, currency) : format.number(props.value);
  else if (props.value !== undefined) shown = String(props.value);
  return (
    <output id={props.id} className="rf-output num" aria-describedby={props.describedBy}>
      {shown || (
        <span className="list-dim">
          {t(props.kind === 'autoNumber' ? 'record.numbered' : 'record.nothing')}
        </span>
      )}
    </output>
  );
}

function Unknown({ id, kind, value }: ControlProps) {
  const { t } = useTranslation();
  return (
    <output id={id} className="rf-output rf-unknown">
      {t('record.unknownKind', { kind })}
      {value !== undefined && <code>{JSON.stringify(value).slice(0, 200)}</code>}
    </output>
  );
}
