import { Input, InputNumber, Select, Switch } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import {
  type Answers,
  choicesOf,
  type Fault,
  type Question,
  type QuestionSchema,
  questionsOf,
} from '../model/questions';

type Props = {
  schema?: QuestionSchema | null;
  answers: Answers;
  faults: Record<string, Fault>;
  /** What the server says about an answer. */
  told: Record<string, string>;
  onType: (name: string, value: unknown) => void;
};

/** The pack's own questions, each with an answer that would do. */
export function Questions({ schema, answers, faults, told, onType }: Props) {
  const { t } = useTranslation();
  return (
    <>
      <p className="pack-lead">{t('market.questionsText')}</p>
      {questionsOf(schema).map(({ name, question }) => (
        <QuestionField
          key={name}
          name={name}
          question={question}
          value={answers[name]}
          fault={faults[name]}
          told={told[name]}
          onChange={(value) => onType(name, value)}
        />
      ))}
    </>
  );
}

type FieldProps = {
  name: string;
  question: Question;
  value: unknown;
  fault?: Fault;
  told?: string;
  onChange: (value: unknown) => void;
};

function QuestionField({ name, question, value, fault, told, onChange }: FieldProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const help = format.text(question['x-df-help']);
  const { minimum, maximum } = question;
  const isTime = question.pattern?.includes(':[0-5]');
  const error = fault
    ? fault === 'pattern' && isTime
      ? t('market.fault.time')
      : fault === 'range'
        ? t(minimum !== undefined && maximum !== undefined ? 'market.fault.range' : 'market.fault.choice', {
            min: minimum,
            max: maximum,
          })
        : t(`market.fault.${fault}`)
    : told;
  const describedBy = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ') || undefined;
  const ids = {
    id,
    'aria-describedby': describedBy,
    'aria-invalid': error ? true : undefined,
    status: error ? ('error' as const) : undefined,
  };
  return (
    <div className="pack-question">
      <label htmlFor={id}>{format.text(question['x-df-label']) || name}</label>
      <Answer ids={ids} question={question} value={value} isTime={isTime} onChange={onChange} />
      {help && (
        <p className="list-sub" id={`${id}-help`}>
          {help}
        </p>
      )}
      {error && (
        <p className="pack-error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
    </div>
  );
}

type Ids = { id: string; status?: 'error'; 'aria-describedby'?: string; 'aria-invalid'?: boolean };
type AnswerProps = Pick<FieldProps, 'question' | 'value' | 'onChange'> & { ids: Ids; isTime?: boolean };

function Answer({ ids, question, value, isTime, onChange }: AnswerProps) {
  const format = useFormat();
  const choices = choicesOf(question);
  if (choices)
    return (
      <Select
        {...ids}
        className="pack-answer"
        value={value as string}
        options={choices.map((choice) => ({ value: choice.value, label: format.text(choice.label) }))}
        onChange={onChange}
      />
    );
  if (question.type === 'boolean') {
    const { status: _, ...rest } = ids;
    return <Switch {...rest} checked={value === true} onChange={onChange} />;
  }
  if (question.type === 'integer' || question.type === 'number')
    return (
      <InputNumber
        {...ids}
        className="pack-number"
        precision={question.type === 'integer' ? 0 : undefined}
        value={value as number}
        onChange={onChange}
      />
    );
  return (
    <Input
      {...ids}
      className={isTime ? 'pack-number' : 'pack-answer'}
      autoComplete="off"
      inputMode={isTime ? 'numeric' : undefined}
      maxLength={question.maxLength ?? 500}
      value={value as string}
      onChange={({ target }) => onChange(target.value)}
    />
  );
}
