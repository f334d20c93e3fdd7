import { describe, expect, it } from 'vitest';
import type { Schema } from './catalog';
import { bind, boundTo, fitting, freed, freeParam, toParam, withoutParam } from './params';

const template: Schema = { 'x-df-widget': 'template' };
const assign: Schema = { 'x-df-widget': 'assign' };
const params = {
  first: { type: 'template', default: 'gentle' },
  who: { type: 'role', default: 'finance' },
  days: { type: 'span', default: { value: 3, unit: 'day' } },
};

describe('parameters of a flow', () => {
  it('fit settings of their kind only', () => {
    const names = (schema: Schema) => fitting(schema, params).map(([name]) => name);
    expect(names(template)).toEqual(['first']);
    expect(names(assign)).toEqual(['who']);
    expect(names({ 'x-df-widget': 'span' })).toEqual(['days']);
    expect(names({ 'x-df-widget': 'filter' })).toEqual([]);
    expect(names({ type: 'string', enum: ['a'] })).toEqual([]);
  });

  it('stand for a value, and give it back', () => {
    const bound = bind(template, 'first', params.first);
    expect(bound).toEqual({ $param: 'first' });
    expect(boundTo(template, bound)).toBe('first');
    expect(freed(template, params.first)).toBe('gentle');
    expect(boundTo(template, 'gentle')).toBeUndefined();
  });

  it('keep who gets the work in its place', () => {
    const bound = bind(assign, 'who', params.who);
    expect(bound).toEqual({ role: { $param: 'who' } });
    expect(boundTo(assign, bound)).toBe('who');
    expect(boundTo(assign, { role: 'finance' })).toBeUndefined();
    expect(freed(assign, params.who)).toEqual({ role: 'finance' });
    expect(toParam(assign, { role: 'finance' })).toEqual(params.who);
    expect(toParam(assign, { field: 'customer.owner' })).toBeUndefined();
  });

  it('are made of a value that is there', () => {
    expect(toParam(template, 'gentle')).toEqual({ type: 'template', default: 'gentle' });
    expect(toParam(template, undefined)).toBeUndefined();
    expect(toParam({ type: 'integer' }, 0)).toEqual({ type: 'number', default: 0 });
    expect(freeParam({ param1: params.first })).toBe('param2');
  });

  it('leave their value behind when they are taken away', () => {
    const units = {
      'params/who': params.who,
      'nodes/call': { type: 'task', v: 1, cfg: { assign: { role: { $param: 'who' } } } },
      'nodes/mail': { type: 'send', v: 1, cfg: { template: { $param: 'first' } } },
    };
    expect(withoutParam(units, 'who')).toEqual({
      'nodes/call': { type: 'task', v: 1, cfg: { assign: { role: 'finance' } } },
      'nodes/mail': units['nodes/mail'],
    });
    const empty = { ...units, 'params/who': { type: 'role' } };
    expect(withoutParam(empty, 'who')['nodes/call']).toEqual({ type: 'task', v: 1, cfg: { assign: {} } });
  });
});
