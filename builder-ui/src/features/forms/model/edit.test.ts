import { describe, expect, it } from 'vitest';
import type { FormDoc } from '@/shared/form/types';
import type { FormEntry } from '../api/forms';
import { diffForms } from './diff';
import {
  addField,
  addGroup,
  duplicateField,
  moveField,
  nudge,
  removeField,
  removeGroup,
  renameKey,
  setRequired,
  setSentences,
  unnamed,
  updateField,
} from './edit';
import { lineOf, syntaxLine } from './locate';
import { parseRules, writeRules } from './rules';
import { useDesigner } from './store';

const form: FormDoc = {
  key: 'order',
  name: { en: 'Order' },
  title: 'name',
  schema: {
    type: 'object',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: { type: 'string', 'x-df-system': true },
      express: { type: 'boolean' },
      reason: { type: 'string' },
      total: { type: 'number', 'x-df-formula': 'express + 1' },
    },
  },
  layout: {
    groups: [{ fields: ['name', 'express'] }, { title: { en: 'More' }, fields: ['reason', 'total'] }],
  },
};
const fields = (doc: FormDoc) => doc.layout?.groups?.map((group) => group.fields);

describe('editing a form', () => {
  it('adds where asked and never takes a key twice', () => {
    const added = addField(form, 'text', { en: 'Text' }, { group: 0, at: 1 }, ['text']);
    expect(added.key).toBe('text2');
    expect(fields(added.doc)).toEqual([
      ['name', 'text2', 'express'],
      ['reason', 'total'],
    ]);
    const copy = duplicateField(added.doc, 'name');
    expect(copy.doc.schema.properties?.[copy.key]).toEqual({ type: 'string' });
  });

  it('moves within and across sections, also at their borders', () => {
    expect(fields(moveField(form, 'name', { group: 1, at: 1 }))).toEqual([
      ['express'],
      ['reason', 'name', 'total'],
    ]);
    expect(fields(moveField(form, 'name', { group: 0, at: 2 }))).toEqual([
      ['express', 'name'],
      ['reason', 'total'],
    ]);
    expect(fields(nudge(form, 'express', 1))).toEqual([['name'], ['express', 'reason', 'total']]);
    expect(fields(nudge(form, 'reason', -1))).toEqual([['name', 'express', 'reason'], ['total']]);
    expect(nudge(form, 'name', -1)).toBe(form);
    expect(nudge(form, 'total', 1)).toBe(form);
  });

  it('keeps system fields, and the fields of a section that goes', () => {
    expect(removeField(form, 'name')).toBe(form);
    expect(fields(removeGroup(form, 0))).toEqual([['name', 'express', 'reason', 'total']]);
    expect(fields(addGroup(form, { en: 'New' }, true, { group: 0, at: 1 }).doc)).toEqual([
      ['name'],
      ['express'],
      ['reason', 'total'],
    ]);
  });

  it('renames a published field with a step, and in rules, formulas and layout', () => {
    const ruled = setSentences(setRequired(form, 'reason', true), [
      {
        effect: 'show',
        fields: ['reason'],
        match: 'all',
        clauses: [{ field: 'express', op: 'is', value: true }],
      },
    ]);
    expect(ruled.schema.required).toEqual(['name']);
    const renamed = renameKey(ruled, 'express', 'fast', true);
    expect(renamed.steps).toEqual([{ op: 'rename', from: 'express', to: ['fast'] }]);
    expect(renamed.schema.properties?.total?.['x-df-formula']).toBe('fast + 1');
    expect(renamed.schema.properties?.fast?.['x-df-former']).toEqual(['express']);
    expect(parseRules(renamed.schema).sentences[0]?.clauses[0]?.field).toBe('fast');
    expect(parseRules(renamed.schema).required).toEqual(new Set(['name', 'reason']));
    expect(fields(renamed)).toEqual([
      ['name', 'fast'],
      ['reason', 'total'],
    ]);
    // Renamed again before publishing, there is still one way from the old key.
    expect(renameKey(renamed, 'fast', 'quick', true).steps).toEqual([
      { op: 'rename', from: 'express', to: ['quick'] },
    ]);
  });

  it('drops rules with the fields they name, and keeps those written by hand', () => {
    const foreign = { oneOf: [{}] };
    const ruled = writeRules(form.schema, {
      sentences: [
        { effect: 'hide', fields: ['reason'], match: 'all', clauses: [{ field: 'express', op: 'empty' }] },
      ],
      required: new Set(['name']),
      foreign: [foreign],
    });
    const without = removeField({ ...form, schema: ruled }, 'express');
    expect(without.schema.allOf).toEqual([foreign]);
  });

  it('names what changed', () => {
    const diff = diffForms(
      form,
      removeField(updateField(form, 'express', { 'x-df-unique': true }), 'reason'),
    );
    expect(diff.fields.map(({ key, kind, words }) => [key, kind, ...words])).toEqual([
      ['express', 'changed', 'x-df-unique'],
      ['reason', 'removed'],
    ]);
    expect(diff.layout).toBe(true);
  });
});

describe('places in JSON', () => {
  const text = JSON.stringify(
    { schema: { properties: { 'a/b': { type: 'string', list: [1, { deep: true }] } } } },
    null,
    2,
  );
  it.each([
    ['', 1],
    ['/schema/properties', 3],
    ['/schema/properties/a~1b', 4],
    ['/schema/properties/a~1b/list/1/deep', 9],
    ['/schema/properties/gone', 3],
  ])('finds %s at line %i', (pointer, line) => {
    expect(lineOf(text, pointer)).toBe(line);
  });
  it('ends on broken text', () => {
    expect(lineOf('{"a": [1, {', '/a/1')).toBe(1);
    const broken = '{\n "a": 1,\n "b" 2\n}';
    try {
      JSON.parse(broken);
    } catch (error) {
      expect(syntaxLine(broken, error)).toBe(3);
    }
  });
});

describe('undo', () => {
  const entry = { ...form, revision: 1, builtin: false, version: 3 } as FormEntry;
  it('goes back step by step, typing counted once', () => {
    const designer = () => useDesigner.getState();
    designer().open(entry);
    designer().change(setRequired(designer().doc, 'express', true));
    for (const label of ['a', 'ab', 'abc'])
      designer().change(
        updateField(designer().doc, 'express', { 'x-df-label': { en: label } }),
        undefined,
        'label',
      );
    expect(designer().past).toHaveLength(2);
    designer().undo();
    expect(designer().doc.schema.properties?.express?.['x-df-label']).toBeUndefined();
    designer().undo();
    expect(designer().doc.schema.required).toEqual(['name']);
    designer().redo();
    designer().redo();
    expect(designer().doc.schema.properties?.express?.['x-df-label']).toEqual({ en: 'abc' });
    for (let n = 0; n < 150; n++) designer().change(updateField(designer().doc, 'express', { maximum: n }));
    expect(designer().past.length).toBeLessThanOrEqual(100);
  });
  it('does not call saved what was typed meanwhile', () => {
    const designer = () => useDesigner.getState();
    designer().open(entry);
    const sent = setRequired(designer().doc, 'express', true);
    designer().change(sent);
    designer().saving();
    designer().change(setRequired(sent, 'reason', true));
    designer().saved({ ...entry, version: 4 }, sent);
    expect(designer().state).toBe('dirty');
    expect(designer().version).toBe(4);
  });
});

it('a new field named in one language has no name left over from its kind in the other', () => {
  const kind = (lang: string) => (lang === 'en' ? 'Yes or no' : '是否');
  expect(unnamed({ en: 'Yes or no', 'zh-CN': '是否' }, 'en', kind)).toEqual(['zh-CN']);
  expect(unnamed({ en: 'Yes or no', 'zh-CN': '特别关照' }, 'en', kind)).toEqual([]);
  expect(unnamed({ en: 'Care', 'zh-CN': '是否' }, 'zh-CN', kind)).toEqual([]);
  expect(unnamed(undefined, 'en', kind)).toEqual([]);
});
