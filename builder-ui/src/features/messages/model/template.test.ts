import { describe, expect, it } from 'vitest';
import { flowPath, lineAt, placeOf, setPart, snippetOf, templateKeyFrom } from './template';

describe('templates', () => {
  const doc = { key: 'x', name: {}, tone: 1, variant: { en: { subject: 'a', text: 'b' } } };

  it('drops a language that says nothing', () => {
    const emptied = setPart(setPart(doc, 'en', 'subject', ''), 'en', 'text', '');
    expect(emptied.variant).toEqual({});
    expect(setPart(doc, 'zh-CN', 'text', '您好').variant['zh-CN']).toEqual({ subject: '', text: '您好' });
    expect(setPart(setPart(doc, 'en', 'html', '<p>'), 'en', 'html', '').variant.en).toEqual({
      subject: 'a',
      text: 'b',
    });
  });

  it('writes variables so that they render for everybody', () => {
    expect(snippetOf({ path: 'total', group: 'message', type: 'money' })).toBe(
      '{{ total | money: currency }}',
    );
    expect(snippetOf({ path: 'item.open', group: 'item', type: 'money' })).toBe(
      '{{ item.open | money: item.currency }}',
    );
    expect(snippetOf({ path: 'customer.phone', group: 'customer', type: 'text', optional: true })).toBe(
      "{{ customer.phone | default: '' }}",
    );
    expect(snippetOf({ path: 'today', group: 'message', type: 'date' })).toBe('{{ today | date }}');
  });

  it('counts places as people do', () => {
    expect(lineAt('𠮷a\n😀b', 4)).toEqual({ line: 2, column: 2 });
    expect(
      placeOf({ pointer: '/variant/zh-CN/text', rule: '', message: '', offset: -1, blocking: true }),
    ).toEqual({ lang: 'zh-CN', part: 'text' });
    expect(placeOf({ pointer: '/tone', rule: '', message: '', offset: -1, blocking: true })).toEqual({});
  });

  it('makes keys that nobody has', () => {
    expect(templateKeyFrom('Überfällig & fällig', new Set())).toBe('uberfallig-fallig');
    expect(templateKeyFrom('逾期提醒', new Set(['message']))).toBe('message-2');
    expect(templateKeyFrom('逾期提醒', new Set(['due-soon', 'due-soon-2']), 'due-soon')).toBe('due-soon-3');
  });
});

it('leads back to the step that asked for a message, and nowhere else', () => {
  expect(flowPath('my-flow/n1', 'note 1')).toBe('/flows/my-flow?step=n1&template=note+1');
  expect(flowPath('../settings/x/y', 'a')).toBeUndefined();
  expect(flowPath('https://x', 'a')).toBeUndefined();
  expect(flowPath(null, 'a')).toBeUndefined();
});
