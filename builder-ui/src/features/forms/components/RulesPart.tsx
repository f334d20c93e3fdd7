import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { choicesOf, kindOf } from '@/shared/form/kinds';
import type { Json } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { setSentences } from '../model/edit';
import { type Clause, opsOf, parseRules, type Sentence } from '../model/rules';
import { useDesigner } from '../model/store';
import { Part, Tick } from './PropertyParts';

/** All rules of the form, each a sentence. */
export function RulesPart() {
  const { t } = useTranslation();
  const { doc, change } = useDesigner();
  const { sentences, foreign } = parseRules(doc.schema);
  const keys = Object.keys(doc.schema.properties ?? {});
  const write = (next: Sentence[], tag?: string) => change(setSentences(doc, next), undefined, tag);
  return (
    <Part title={t('forms.rules')}>
      {sentences.length === 0 && <p className="rf-help">{t('forms.noRules')}</p>}
      {sentences.map((sentence, at) => (
        <RuleSentence
          // biome-ignore lint/suspicious/noArrayIndexKey: rules have no identity but their place
          key={at}
          sentence={sentence}
          onChange={(next) =>
            write(
              sentences.map((other, place) => (place === at ? next : other)),
              `rule ${at}`,
            )
          }
          onRemove={() => write(sentences.filter((_, place) => place !== at))}
        />
      ))}
      {foreign.length > 0 && <p className="fd-note">{t('forms.foreignRules', { count: foreign.length })}</p>}
      {keys.length > 1 && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={() =>
            write([
              ...sentences,
              {
                effect: 'show',
                fields: [keys.at(-1) ?? ''],
                match: 'all',
                clauses: [{ field: keys[0] ?? '', op: 'filled' }],
              },
            ])
          }
        >
          {t('forms.addRule')}
        </Button>
      )}
    </Part>
  );
}

type Props = { sentence: Sentence; onChange: (next: Sentence) => void; onRemove: () => void };

/** "Show [Reason] when [Express] [is] [yes]": every part of the sentence is a choice. */
export function RuleSentence({ sentence, onChange, onRemove }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const properties = useDesigner(({ doc }) => doc.schema.properties) ?? {};
  const fields = Object.entries(properties).map(([value, property]) => ({
    value,
    label: format.text(property['x-df-label']) || value,
  }));
  const free = fields.filter(
    ({ value }) => !properties[value]?.['x-df-system'] || sentence.effect === 'require',
  );
  const clause = (at: number, next: Clause) =>
    onChange({ ...sentence, clauses: sentence.clauses.map((other, place) => (place === at ? next : other)) });
  return (
    <div className="fd-rule">
      <div className="fd-rule-line">
        <Select
          size="small"
          value={sentence.effect}
          aria-label={t('forms.effect')}
          options={(['show', 'hide', 'require'] as const).map((value) => ({
            value,
            label: t(`forms.effects.${value}`),
          }))}
          onChange={(effect: Sentence['effect']) => onChange({ ...sentence, effect })}
        />
        <Select
          size="small"
          mode="multiple"
          className="fd-grow"
          value={sentence.fields}
          aria-label={t('forms.ruleFields')}
          options={free}
          onChange={(next: string[]) => next.length > 0 && onChange({ ...sentence, fields: next })}
        />
        <IconButton
          size="small"
          type="text"
          icon={<DeleteOutlined />}
          label={t('forms.removeRule')}
          onClick={onRemove}
        />
      </div>
      <div className="fd-rule-line">
        <span>{t('forms.when')}</span>
        {sentence.clauses.length > 1 && (
          <Select
            size="small"
            value={sentence.match}
            aria-label={t('forms.match')}
            options={(['all', 'any'] as const).map((value) => ({
              value,
              label: t(`forms.matches.${value}`),
            }))}
            onChange={(match: Sentence['match']) => onChange({ ...sentence, match })}
          />
        )}
      </div>
      {sentence.clauses.map((entry, at) => (
        <ClauseLine
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
          key={at}
          clause={entry}
          fields={fields.filter(({ value }) => !sentence.fields.includes(value))}
          onChange={(next) => clause(at, next)}
          onRemove={
            sentence.clauses.length > 1
              ? () => onChange({ ...sentence, clauses: sentence.clauses.filter((_, place) => place !== at) })
              : undefined
          }
        />
      ))}
      <Button
        size="small"
        type="link"
        icon={<PlusOutlined />}
        onClick={() =>
          onChange({
            ...sentence,
            clauses: [...sentence.clauses, sentence.clauses.at(-1) ?? { field: '', op: 'filled' }],
          })
        }
      >
        {t('forms.addCondition')}
      </Button>
      {sentence.effect !== 'require' && (
        <Tick
          label={t('forms.keepHidden')}
          checked={sentence.keep}
          onChange={(on) => onChange({ ...sentence, keep: on || undefined })}
        />
      )}
    </div>
  );
}

type ClauseProps = {
  clause: Clause;
  fields: { value: string; label: string }[];
  onChange: (next: Clause) => void;
  onRemove?: () => void;
};

function ClauseLine({ clause, fields, onChange, onRemove }: ClauseProps) {
  const { t } = useTranslation();
  const property = useDesigner(({ doc }) => doc.schema.properties?.[clause.field]);
  const kind = property ? kindOf(property) : 'text';
  const ops = opsOf(kind);
  return (
    <div className="fd-rule-line fd-clause">
      <Select
        size="small"
        className="fd-grow"
        value={clause.field}
        options={fields}
        aria-label={t('forms.clauseField')}
        onChange={(field: string) => onChange({ field, op: 'filled' })}
      />
      <Select
        size="small"
        value={clause.op}
        aria-label={t('forms.clauseOp')}
        options={ops.map((value) => ({ value, label: t(`forms.ops.${value}`) }))}
        onChange={(op: Clause['op']) =>
          onChange({
            field: clause.field,
            op,
            value: op === 'filled' || op === 'empty' ? undefined : starting(kind, property, op),
          })
        }
      />
      {clause.op !== 'filled' && clause.op !== 'empty' && (
        <ClauseValue clause={clause} kind={kind} onChange={onChange} />
      )}
      {onRemove && (
        <IconButton
          size="small"
          type="text"
          icon={<DeleteOutlined />}
          label={t('forms.removeCondition')}
          onClick={onRemove}
        />
      )}
    </div>
  );
}

function starting(
  kind: string,
  property: Parameters<typeof choicesOf>[0] | undefined,
  op: Clause['op'],
): Json {
  const first = property && choicesOf(property)[0]?.value;
  if (first !== undefined) return op === 'oneOf' ? [first] : first;
  return kind === 'boolean' ? true : ['number', 'money', 'percent'].includes(kind) ? 0 : '';
}

function ClauseValue({
  clause,
  kind,
  onChange,
}: {
  clause: Clause;
  kind: string;
  onChange: (next: Clause) => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  const property = useDesigner(({ doc }) => doc.schema.properties?.[clause.field]);
  const set = (value: Json) => onChange({ ...clause, value });
  const label = t('forms.clauseValue');
  if (kind === 'boolean')
    return (
      <Select
        size="small"
        value={clause.value === true ? 'yes' : 'no'}
        aria-label={label}
        options={['yes', 'no'].map((value) => ({ value, label: t(`record.${value}`) }))}
        onChange={(value: string) => set(value === 'yes')}
      />
    );
  const choices = property ? choicesOf(property) : [];
  if (choices.length > 0) {
    const options = choices.map(({ value, names }) => ({
      value: String(value),
      label: format.text(names) || String(value),
    }));
    const real = (text: string) => choices.find(({ value }) => String(value) === text)?.value ?? text;
    if (clause.op === 'oneOf')
      return (
        <Select
          size="small"
          mode="multiple"
          className="fd-grow"
          value={Array.isArray(clause.value) ? clause.value.map(String) : []}
          aria-label={label}
          options={options}
          onChange={(next: string[]) => next.length > 0 && set(next.map(real))}
        />
      );
    return (
      <Select
        size="small"
        className="fd-grow"
        value={String(clause.value)}
        aria-label={label}
        options={options}
        onChange={(next: string) => set(real(next))}
      />
    );
  }
  if (['number', 'money', 'percent'].includes(kind)) {
    // Money is kept in minor units; the sentence speaks of whole ones.
    const unit = kind === 'money' ? 100 : 1;
    return (
      <InputNumber
        size="small"
        value={Number(clause.value) / unit}
        aria-label={label}
        controls={false}
        onChange={(next) => set(Math.round(Number(next ?? 0) * unit * 1e6) / 1e6)}
      />
    );
  }
  return (
    <Input
      size="small"
      className="fd-grow"
      value={String(clause.value ?? '')}
      aria-label={label}
      maxLength={200}
      onChange={({ target }) => set(target.value)}
    />
  );
}
