import { describe, expect, it } from 'vitest';
import type { Choices } from './catalog';
import { kindOf, shownWith, turnTo } from './kinds';

const wait: Choices = {
  title: { en: 'Wait', 'zh-CN': '等待' },
  kinds: [
    {
      by: 'for',
      with: ['at'],
      start: { for: { value: 3, unit: 'day' }, at: '09:30' },
      title: { en: 'span', 'zh-CN': '' },
    },
    { by: 'until', with: ['at'], start: { until: { field: '' } }, title: { en: 'date', 'zh-CN': '' } },
    { by: 'at', with: ['days'], start: { at: '09:30' }, title: { en: 'time', 'zh-CN': '' } },
  ],
};
const properties = ['for', 'until', 'at', 'days', 'note'];

describe('settings that exclude each other', () => {
  it('knows the way by its mark, the first of several', () => {
    expect(kindOf(wait, { for: { value: 1, unit: 'day' }, at: '10:00' })?.by).toBe('for');
    expect(kindOf(wait, { until: { field: 'invoice.dueDate' } })?.by).toBe('until');
    expect(kindOf(wait, { at: '10:00' })?.by).toBe('at');
    expect(kindOf(wait, {})?.by).toBe('for');
  });
  it('shows the fields of one way, and those of none', () => {
    expect(shownWith(wait, wait.kinds[0]!, properties)).toEqual(['for', 'at', 'note']);
    expect(shownWith(wait, wait.kinds[2]!, properties)).toEqual(['at', 'days', 'note']);
  });
  it('keeps what both ways know and drops the rest', () => {
    const cfg = { for: { value: 9, unit: 'week' }, at: '14:00', note: 'x' };
    expect(turnTo(wait, wait.kinds[1]!, cfg)).toEqual({ until: { field: '' }, at: '14:00', note: 'x' });
    expect(turnTo(wait, wait.kinds[2]!, cfg)).toEqual({ at: '14:00', note: 'x' });
    expect(turnTo(wait, wait.kinds[0]!, { at: '14:00', days: 'every' })).toEqual({
      for: { value: 3, unit: 'day' },
      at: '14:00',
    });
  });
});
