import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { FormulaError, parseFormula } from '@/shared/form/formula';
import { choicesOf, kindOf } from '@/shared/form/kinds';
import type { Choice, Property, RefCondition } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { useForms } from '../api/forms';
import { blank, columnKinds, presets } from '../model/kinds';
import { useDesigner } from '../model/store';
import { NumberRow, Part, Row, SelectRow, TextRow, Tick } from './PropertyParts';

type Props = {
  name: string;
  property: Property;
  kind: string;
  set: (part: Partial<Property>, tag?: string) => void;
};

/** What only this kind of field has. */
export function KindProperties(props: Props) {
  const { t } = useTranslation();
  const { kind, property, set } = props;
  switch (kind) {
    case 'text':
      return (
        <Part title={t('forms.rulesOfText')}>
          <PresetRows {...props} />
        </Part>
      );
    case 'longText':
      return (
        <Part title={t('forms.rulesOfText')}>
          <NumberRow
            label={t('forms.maxLength')}
            value={property.maxLength}
            min={1}
            max={100_000}
            whole
            onChange={(maxLength) => set({ maxLength }, 'max')}
          />
        </Part>
      );
    case 'number':
    case 'percent':
      return (
        <Part title={t('forms.limits')}>
          <Tick
            label={t('forms.whole')}
            checked={property.type === 'integer'}
            onChange={(on) => set({ type: on ? 'integer' : 'number' })}
          />
          <NumberRow
            label={t('forms.least')}
            value={property.minimum}
            onChange={(minimum) => set({ minimum }, 'min')}
          />
          <NumberRow
            label={t('forms.most')}
            value={property.maximum}
            onChange={(maximum) => set({ maximum }, 'max')}
          />
        </Part>
      );
    case 'choice':
    case 'multiChoice':
      return <Options {...props} />;
    case 'formula':
      return <FormulaRows {...props} />;
    case 'autoNumber':
      return <AutoRows {...props} />;
    case 'reference':
      return <ReferenceRows {...props} />;
    case 'rows':
      return <Columns {...props} />;
  }
  return null;
}

function PresetRows({ property, set }: Props) {
  const { t } = useTranslation();
  const current = property['x-df-pattern'] ?? (property.pattern ? 'own' : '');
  return (
    <>
      <SelectRow
        label={t('forms.preset')}
        value={current}
        options={[
          { value: '', label: t('forms.presetNone') },
          ...presets.map(({ key }) => ({ value: key, label: t(`forms.presets.${key}`) })),
          { value: 'own', label: t('forms.presetOwn') },
        ]}
        onChange={(value) => {
          const preset = presets.find(({ key }) => key === value);
          if (preset)
            set({
              pattern: preset.pattern,
              'x-df-check': preset.check,
              'x-df-pattern': preset.key,
              maxLength: preset.maxLength,
            });
          else
            set({
              pattern: value === 'own' ? (property.pattern ?? '^.*$') : undefined,
              'x-df-check': undefined,
              'x-df-pattern': undefined,
            });
        }}
      />
      {current === 'own' && (
        <TextRow
          label={t('forms.pattern')}
          value={property.pattern}
          help={t('forms.patternHint')}
          mono
          onChange={(pattern) => set({ pattern: pattern || undefined }, 'pattern')}
        />
      )}
      <NumberRow
        label={t('forms.maxLength')}
        value={property.maxLength}
        min={1}
        max={5000}
        whole
        onChange={(maxLength) => set({ maxLength }, 'max')}
      />
    </>
  );
}

function Options({ property, set }: Props) {
  const { t } = useTranslation();
  const list = property.type === 'array';
  const choices: Choice[] = choicesOf(property).map(({ value, names }) => ({
    const: value,
    title: names.en || names['zh-CN'] || String(value),
    'x-df-label': names,
  }));
  const write = (oneOf: Choice[], tag?: string) =>
    list
      ? set({ items: { ...property.items, oneOf, enum: undefined } }, tag)
      : set({ oneOf, enum: undefined }, tag);
  const fresh = () => {
    for (let n = choices.length + 1; ; n++)
      if (!choices.some((choice) => choice.const === `option${n}`)) return `option${n}`;
  };
  return (
    <Part title={t('forms.options')}>
      {choices.map((choice, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an option's value may be what is being typed
        <div key={at} className="fd-option">
          <Input
            size="small"
            value={choice['x-df-label']?.['zh-CN'] ?? ''}
            placeholder={t('lang.zh-CN')}
            aria-label={t('forms.optionIn', { at: at + 1, language: t('lang.zh-CN') })}
            onChange={({ target }) =>
              write(
                choices.map((other, place) =>
                  place === at
                    ? { ...other, 'x-df-label': { ...other['x-df-label'], 'zh-CN': target.value } }
                    : other,
                ),
                `option ${at}`,
              )
            }
          />
          <Input
            size="small"
            value={choice['x-df-label']?.en ?? ''}
            placeholder={t('lang.en')}
            aria-label={t('forms.optionIn', { at: at + 1, language: t('lang.en') })}
            onChange={({ target }) =>
              write(
                choices.map((other, place) =>
                  place === at
                    ? {
                        ...other,
                        title: target.value || String(other.const),
                        'x-df-label': { ...other['x-df-label'], en: target.value },
                      }
                    : other,
                ),
                `option ${at}`,
              )
            }
          />
          <Button
            size="small"
            type="text"
            icon={<DeleteOutlined />}
            disabled={choices.length < 2}
            aria-label={t('forms.removeOption', { at: at + 1 })}
            onClick={() => write(choices.filter((_, place) => place !== at))}
          />
        </div>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined />}
        onClick={() =>
          write([...choices, { const: fresh(), title: '', 'x-df-label': { en: '', 'zh-CN': '' } }])
        }
      >
        {t('forms.addOption')}
      </Button>
    </Part>
  );
}

function formulaProblem(src: string): FormulaError | undefined {
  try {
    parseFormula(src);
    return undefined;
  } catch (error) {
    return error instanceof FormulaError ? error : new FormulaError('formula', 0);
  }
}

function FormulaRows({ name, property, set }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { doc } = useDesigner();
  const formula = property['x-df-formula'] ?? '';
  const problem = formulaProblem(formula);
  const result =
    property['x-df-type'] === 'money' ? 'money' : property.type === 'string' ? 'string' : 'number';
  const refs = Object.entries(doc.schema.properties ?? {}).flatMap(([key, field]) => {
    const label = format.text(field['x-df-label']) || key;
    if (field.items?.properties)
      return Object.entries(field.items.properties).map(([column, inner]) => ({
        value: `sum(${key}.${column})`,
        label: t('forms.sumOf', { label: `${label} · ${format.text(inner['x-df-label']) || column}` }),
      }));
    return key === name || ['file', 'address', 'multiChoice'].includes(kindOf(field))
      ? []
      : [{ value: key, label }];
  });
  return (
    <Part title={t('forms.formula')}>
      <TextRow
        label={t('forms.formula')}
        value={formula}
        rows={3}
        mono
        help={t('forms.formulaHint')}
        error={
          problem &&
          t(`forms.formulaError.${problem.rule}`, {
            at: problem.at + 1,
            defaultValue: t('forms.formulaError.formula', { at: problem.at + 1 }),
          })
        }
        onChange={(value) => set({ 'x-df-formula': value }, 'formula')}
      />
      <Row label={t('forms.insertField')}>
        {(id) => (
          <Select
            id={id}
            size="small"
            className="field-full"
            value={null}
            placeholder={t('forms.chooseField')}
            options={refs}
            onChange={(ref: string | null) =>
              ref && set({ 'x-df-formula': formula.trim() === '0' ? ref : `${formula} ${ref}`.trim() })
            }
          />
        )}
      </Row>
      <SelectRow
        label={t('forms.formulaResult')}
        value={result}
        options={['number', 'money', 'string'].map((value) => ({ value, label: t(`forms.result.${value}`) }))}
        onChange={(value) =>
          set(
            value === 'money'
              ? { type: 'integer', 'x-df-type': 'money' }
              : {
                  type: value === 'string' ? 'string' : 'number',
                  'x-df-type': undefined,
                  ...(value === 'string' && { maxLength: 5000 }),
                },
          )
        }
      />
    </Part>
  );
}

function AutoRows({ property, set }: Props) {
  const { t } = useTranslation();
  const auto = property['x-df-auto'] ?? {};
  const digits = String(auto.start ?? 1).padStart(auto.digits ?? 0, '0');
  return (
    <Part title={t('forms.numbering')}>
      <TextRow
        label={t('forms.prefix')}
        value={auto.prefix}
        max={20}
        onChange={(prefix) => set({ 'x-df-auto': { ...auto, prefix } }, 'auto')}
      />
      <NumberRow
        label={t('forms.digits')}
        value={auto.digits}
        min={0}
        max={12}
        whole
        onChange={(next) => set({ 'x-df-auto': { ...auto, digits: next ?? 0 } }, 'auto')}
      />
      <NumberRow
        label={t('forms.start')}
        value={auto.start}
        min={1}
        whole
        onChange={(start) => set({ 'x-df-auto': { ...auto, start } }, 'auto')}
      />
      <p className="rf-help">{t('forms.numberSample', { sample: `${auto.prefix ?? ''}${digits}` })}</p>
    </Part>
  );
}

function ReferenceRows({ property, set }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const forms = useForms();
  const { doc } = useDesigner();
  const target = forms.data?.find(({ key }) => key === property['x-df-ref']);
  const conditions = property['x-df-choice'] ?? [];
  const write = (next: RefCondition[]) =>
    set({ 'x-df-choice': next.length > 0 ? next : undefined }, 'choice');
  const theirs = Object.entries(target?.schema?.properties ?? {}).map(([value, field]) => ({
    value,
    label: format.text(field['x-df-label']) || value,
  }));
  const ours = Object.entries(doc.schema.properties ?? {}).map(([key, field]) => ({
    value: `=${key}`,
    label: t('forms.sameAs', { label: format.text(field['x-df-label']) || key }),
  }));
  return (
    <Part title={t('forms.reference')}>
      <SelectRow
        label={t('forms.refersTo')}
        value={property['x-df-ref']}
        options={(forms.data ?? [])
          .filter(({ revision }) => revision > 0)
          .map(({ key, name }) => ({ value: key, label: format.text(name) || key }))}
        onChange={(ref) => set({ 'x-df-ref': ref, 'x-df-choice': undefined })}
      />
      {conditions.map((condition, at) => {
        const choices = choicesOf(target?.schema?.properties?.[condition.field] ?? {}).map(
          ({ value, names }) => ({ value: String(value), label: format.text(names) }),
        );
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
          <div key={at} className="fd-option fd-condition">
            <Select
              size="small"
              value={condition.field}
              options={theirs}
              aria-label={t('forms.onlyWhereField')}
              onChange={(field: string) =>
                write(conditions.map((other, place) => (place === at ? { field, value: '' } : other)))
              }
            />
            <Select
              size="small"
              mode="tags"
              maxCount={1}
              value={
                condition.from ? [`=${condition.from}`] : condition.value ? [String(condition.value)] : []
              }
              options={[...choices, ...ours]}
              aria-label={t('forms.onlyWhereValue')}
              onChange={(next: string[]) => {
                const value = next.at(-1);
                const changed: RefCondition = value?.startsWith('=')
                  ? { field: condition.field, from: value.slice(1) }
                  : { field: condition.field, value: value ?? '' };
                write(conditions.map((other, place) => (place === at ? changed : other)));
              }}
            />
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              aria-label={t('forms.removeCondition')}
              onClick={() => write(conditions.filter((_, place) => place !== at))}
            />
          </div>
        );
      })}
      <Button
        size="small"
        icon={<PlusOutlined />}
        disabled={theirs.length === 0}
        onClick={() => write([...conditions, { field: theirs[0]?.value ?? '', value: '' }])}
      >
        {t('forms.addCondition')}
      </Button>
    </Part>
  );
}

function Columns({ property, set }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns = Object.entries(property.items?.properties ?? {});
  const must = new Set(property.items?.required ?? []);
  const write = (entries: [string, Property][], required: Set<string>, tag?: string) => {
    const known = entries.map(([key]) => key);
    const list = known.filter((key) => required.has(key));
    set(
      {
        items: {
          ...property.items,
          properties: Object.fromEntries(entries),
          required: list.length > 0 ? list : undefined,
        },
      },
      tag,
    );
  };
  const edit = (key: string, part: Partial<Property>, tag?: string) =>
    write(
      columns.map(([name, column]) => [name, name === key ? { ...column, ...part } : column]),
      must,
      tag,
    );
  const add = (kind: string) => {
    let n = columns.length + 1;
    while (columns.some(([key]) => key === `column${n}`)) n++;
    const names = { en: `Column ${n}`, 'zh-CN': `第 ${n} 列` };
    write([...columns, [`column${n}`, blank(kind, names)]], must);
  };
  return (
    <Part title={t('forms.columns')}>
      {columns.map(([key, column]) => (
        <fieldset key={key} className="fd-column">
          <legend className="fd-mono">{key}</legend>
          <div className="fd-option">
            <Input
              size="small"
              value={column['x-df-label']?.['zh-CN'] ?? ''}
              placeholder={t('lang.zh-CN')}
              aria-label={t('forms.inLanguage', { label: key, language: t('lang.zh-CN') })}
              onChange={({ target }) =>
                edit(
                  key,
                  { 'x-df-label': { ...column['x-df-label'], 'zh-CN': target.value } },
                  `column ${key}`,
                )
              }
            />
            <Input
              size="small"
              value={column['x-df-label']?.en ?? ''}
              placeholder={t('lang.en')}
              aria-label={t('forms.inLanguage', { label: key, language: t('lang.en') })}
              onChange={({ target }) =>
                edit(key, { 'x-df-label': { ...column['x-df-label'], en: target.value } }, `column ${key}`)
              }
            />
            <Button
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              disabled={columns.length < 2}
              aria-label={t('forms.removeColumn', { label: format.text(column['x-df-label']) || key })}
              onClick={() =>
                write(
                  columns.filter(([name]) => name !== key),
                  must,
                )
              }
            />
          </div>
          {column['x-df-formula'] !== undefined && (
            <TextRow
              label={t('forms.formula')}
              value={column['x-df-formula']}
              mono
              onChange={(value) => edit(key, { 'x-df-formula': value }, `formula ${key}`)}
              error={
                formulaProblem(column['x-df-formula']) &&
                t('forms.formulaError.formula', { at: (formulaProblem(column['x-df-formula'])?.at ?? 0) + 1 })
              }
            />
          )}
          <Tick
            label={`${t(`forms.kind.${column['x-df-formula'] === undefined ? kindOf(column) : 'formula'}`)} · ${t('record.required')}`}
            checked={must.has(key)}
            onChange={(on) => {
              const next = new Set(must);
              if (on) next.add(key);
              else next.delete(key);
              write(columns, next);
            }}
          />
        </fieldset>
      ))}
      <Select
        size="small"
        value={null}
        placeholder={t('forms.addColumn')}
        aria-label={t('forms.addColumn')}
        options={columnKinds.map((value) => ({ value, label: t(`forms.kind.${value}`) }))}
        onChange={(kind: string | null) => kind && add(kind)}
      />
      <NumberRow
        label={t('forms.mostRows')}
        value={property.maxItems}
        min={1}
        max={1000}
        whole
        onChange={(maxItems) => set({ maxItems }, 'rows')}
      />
      <NumberRow
        label={t('forms.leastRows')}
        value={property.minItems}
        min={0}
        max={1000}
        whole
        onChange={(minItems) => set({ minItems: minItems || undefined }, 'rows')}
      />
    </Part>
  );
}
