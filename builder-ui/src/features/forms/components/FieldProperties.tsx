import { LockOutlined } from '@ant-design/icons';
import { Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kindOf } from '@/shared/form/kinds';
import type { Property } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { kindName, renameKey, setRequired, setSentences, setWidth, updateField } from '../model/edit';
import { parseRules } from '../model/rules';
import { useDesigner } from '../model/store';
import { KindProperties } from './KindProperties';
import { NamesRow, Part, SelectRow, TextRow, Tick } from './PropertyParts';
import { RuleSentence } from './RulesPart';

const keyShape = /^[a-zA-Z][a-zA-Z0-9_]{0,59}$/;
const searchable = ['text', 'longText', 'email', 'phone', 'autoNumber', 'choice'];
const unsortable = ['longText', 'rows', 'file', 'address', 'multiChoice', 'object'];
const unique = ['text', 'email', 'phone', 'number', 'autoNumber', 'date'];

export function FieldProperties({ name }: { name: string }) {
  const { t } = useTranslation();
  const { doc, published, problems, change } = useDesigner();
  const property = doc.schema.properties?.[name];
  if (!property) return null;
  const locked = property['x-df-system'] === true;
  const kind = kindOf(property);
  const required = parseRules(doc.schema).required.has(name);
  const made = property['x-df-formula'] !== undefined || kind === 'autoNumber';
  const set = (part: Partial<Property>, tag?: string) =>
    change(updateField(doc, name, part), undefined, tag && `${tag} ${name}`);
  const said = problems.filter(({ pointer }) => pointer.startsWith(`/schema/properties/${name}`));
  return (
    <>
      <Part title={t(`forms.kind.${kindName(property)}`, { defaultValue: kind })}>
        {locked && (
          <p className="fd-note">
            <LockOutlined aria-hidden /> {t('forms.lockedHint')}
          </p>
        )}
        {said.map(({ pointer, rule, message }) => (
          <p key={pointer + rule} className="rf-error" role="alert">
            {message}
          </p>
        ))}
        <NamesRow
          label={t('forms.label')}
          names={property['x-df-label']}
          onChange={(label) => set({ 'x-df-label': label }, 'label')}
        />
        <NamesRow
          label={t('forms.help')}
          names={property['x-df-help']}
          rows={2}
          onChange={(help) => set({ 'x-df-help': help }, 'help')}
        />
        <Tick
          label={t('record.required')}
          checked={required}
          disabled={locked || made}
          onChange={(on) => change(setRequired(doc, name, on))}
        />
        <Tick
          label={t('forms.half')}
          checked={doc.layout?.widths?.[name] === 'half'}
          onChange={(on) => change(setWidth(doc, name, on))}
        />
      </Part>
      {!locked && <KindProperties name={name} property={property} kind={kindName(property)} set={set} />}
      <FieldRules name={name} />
      <Part title={t('forms.data')}>
        <KeyRow
          name={name}
          locked={locked}
          isPublished={published?.schema.properties?.[name] !== undefined}
        />
        {searchable.includes(kind) && (
          <Tick
            label={t('forms.searchable')}
            checked={property['x-df-searchable']}
            onChange={(on) => set({ 'x-df-searchable': on || undefined })}
          />
        )}
        {!unsortable.includes(kind) && (
          <Tick
            label={t('forms.sortable')}
            checked={property['x-df-sortable']}
            onChange={(on) => set({ 'x-df-sortable': on || undefined })}
          />
        )}
        {unique.includes(kind) && (
          <Tick
            label={t('forms.unique')}
            checked={property['x-df-unique']}
            disabled={locked || kind === 'autoNumber'}
            onChange={(on) => set({ 'x-df-unique': on || undefined })}
          />
        )}
        <Tick
          label={t('forms.personal')}
          help={t('forms.personalHint')}
          checked={property['x-df-personal']}
          disabled={locked}
          onChange={(on) => set({ 'x-df-personal': on || undefined })}
        />
        <SelectRow
          label={t('forms.access')}
          help={t('forms.accessHint')}
          value={property['x-df-access']}
          clear
          options={['amounts', 'personal', 'internal'].map((value) => ({
            value,
            label: t(`forms.accessTag.${value}`),
          }))}
          onChange={(access) => set({ 'x-df-access': access })}
        />
      </Part>
    </>
  );
}

/** The key is typed freely and taken over when it is left: half a key would be half a rename. */
function KeyRow({ name, locked, isPublished }: { name: string; locked: boolean; isPublished: boolean }) {
  const { t } = useTranslation();
  const { doc, published, change } = useDesigner();
  const [typed, setTyped] = useState(name);
  const taken = typed !== name && (doc.schema.properties?.[typed] || published?.schema.properties?.[typed]);
  const error = !keyShape.test(typed) ? t('forms.keyShape') : taken ? t('forms.keyTaken') : undefined;
  return (
    <TextRow
      onLeave={() => {
        if (error || typed === name) setTyped(name);
        else change(renameKey(doc, name, typed, isPublished), { field: typed });
      }}
      label={t('forms.fieldKey')}
      value={typed}
      onChange={setTyped}
      disabled={locked}
      error={error}
      help={isPublished && !locked ? t('forms.keyMigrates') : undefined}
      max={60}
      mono
    />
  );
}

/** The sentences that show, hide or require this field, and a way to add one. */
function FieldRules({ name }: { name: string }) {
  const { t } = useTranslation();
  const { doc, change } = useDesigner();
  const format = useFormat();
  const { sentences } = parseRules(doc.schema);
  const mine = sentences
    .map((sentence, at) => ({ sentence, at }))
    .filter(({ sentence }) => sentence.fields.includes(name));
  const others = Object.entries(doc.schema.properties ?? {}).filter(([key]) => key !== name);
  return (
    <Part title={t('forms.rules')}>
      {mine.map(({ sentence, at }) => (
        <RuleSentence
          key={at}
          sentence={sentence}
          onChange={(next) =>
            change(
              setSentences(
                doc,
                sentences.map((other, place) => (place === at ? next : other)),
              ),
              undefined,
              `rule ${at}`,
            )
          }
          onRemove={() =>
            change(
              setSentences(
                doc,
                sentences.filter((_, place) => place !== at),
              ),
            )
          }
        />
      ))}
      {others.length > 0 && (
        <div className="fd-add-rule">
          <Select
            size="small"
            value={null}
            placeholder={t('forms.addRule')}
            aria-label={t('forms.addRule')}
            options={(['show', 'hide', 'require'] as const).map((effect) => ({
              value: effect,
              label: t(`forms.effectOn.${effect}`, {
                label: format.text(doc.schema.properties?.[name]?.['x-df-label']) || name,
              }),
            }))}
            onChange={(effect: 'show' | 'hide' | 'require' | null) =>
              effect &&
              change(
                setSentences(doc, [
                  ...sentences,
                  {
                    effect,
                    fields: [name],
                    match: 'all',
                    clauses: [{ field: others[0]?.[0] ?? '', op: 'filled' }],
                  },
                ]),
              )
            }
          />
        </div>
      )}
    </Part>
  );
}
