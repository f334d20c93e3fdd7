import { describe, expect, it } from 'vitest';
import { countFindings, lacks } from './todo';

const units = {
  'nodes/mail': { type: 'send', v: 1, cfg: { channel: 'sms', template: '', subject: {} } },
  'nodes/hook': { type: 'webhook', v: 1, cfg: { url: 'nowhere' } },
};
const error = (node: string, pointer: string) => ({ severity: 'error', node, pointer });

describe('what a step just added asks for', () => {
  it('is what nobody has filled in', () => {
    expect(lacks(units, 'mail', error('mail', '/nodes/mail/cfg/template'))).toBe(true);
    expect(lacks(units, 'mail', error('mail', '/nodes/mail/cfg/subject'))).toBe(true);
    expect(lacks(units, 'mail', error('mail', '/nodes/mail/cfg/other/deep'))).toBe(true);
  });

  it('is not what is wrong, nor what another step lacks', () => {
    expect(lacks(units, 'hook', error('hook', '/nodes/hook/cfg/url'))).toBe(false);
    expect(lacks(units, 'mail', error('mail', '/nodes/mail/cfg/channel'))).toBe(false);
    expect(lacks(units, 'hook', error('mail', '/nodes/mail/cfg/template'))).toBe(false);
    expect(lacks(units, 'mail', error('mail', '/stopWhen'))).toBe(false);
  });

  it('is counted apart until the step is left', () => {
    const findings = [
      error('mail', '/nodes/mail/cfg/template'),
      error('hook', '/nodes/hook/cfg/url'),
      { severity: 'warning', pointer: '/params/p' },
    ];
    expect(countFindings(findings, 'mail')).toEqual({ errors: 1, warnings: 1, todo: 1 });
    expect(countFindings(findings)).toEqual({ errors: 2, warnings: 1, todo: 0 });
  });
});
