import { describe, expect, it } from 'vitest';
import { type ContactRules, changedAgainst, fieldOf, instantIn, type Preset, withPreset } from './contact';

const rules: ContactRules = {
  preset: 'cn',
  calendar: 'cn',
  window: { from: '09:00', to: '18:00', days: 'working' },
  quiet: { from: '22:00', to: '08:00' },
  budgets: [{ max: 1, per: { value: 2, unit: 'businessDay' } }],
  afterTalkDays: 0,
  spread: { gap: 4, days: 3, minutes: 120 },
  duplicateDays: 3,
  maxDataAgeHours: 24,
};

describe('changes against a preset', () => {
  it('sees none where only the writing differs', () => {
    const same = {
      ...rules,
      window: { to: '18:00', from: '09:00' },
      budgets: [{ class: '', max: 1, per: { unit: 'businessDay', value: 2 } }],
      maxDataAgeHours: 0,
      calendar: 'us',
    };
    expect(changedAgainst(same, rules)).toEqual([]);
  });
  it('names each part that differs', () => {
    const other = {
      ...rules,
      quiet: { from: '00:00', to: '00:00' },
      budgets: [],
      spread: { gap: 9, days: 0, minutes: 0 },
    };
    expect(changedAgainst(other, rules)).toEqual(['quiet', 'budgets', 'spread']);
    expect(changedAgainst({ ...other, quiet: { from: '05:00', to: '05:00' } }, other)).toEqual([]);
  });
  it('keeps calendar and freshness when a preset is chosen', () => {
    const us = { key: 'us', rules: { ...rules, calendar: '', afterTalkDays: 7 } } as Preset;
    const next = withPreset(rules, us);
    expect(next).toMatchObject({ preset: 'us', calendar: 'cn', maxDataAgeHours: 24, afterTalkDays: 7 });
    next.budgets.pop();
    expect(us.rules.budgets).toHaveLength(1);
  });
});

describe('a local time', () => {
  it.each([
    ['2026-10-12T09:30', 'Asia/Shanghai', '2026-10-12T01:30:00.000Z'],
    ['2026-10-12T09:30', 'UTC', '2026-10-12T09:30:00.000Z'],
    ['2026-03-08T03:30', 'America/New_York', '2026-03-08T07:30:00.000Z'],
    ['2026-11-01T09:00', 'America/New_York', '2026-11-01T14:00:00.000Z'],
  ])('%s in %s', (local, zone, want) => expect(instantIn(local, zone)).toBe(want));
  it('is nothing when it is none', () => expect(instantIn('', 'UTC')).toBeUndefined());
});

it.each([
  ['quiet', ['quiet', 'from']],
  ['budgets.1', ['budgets', 1, 'max']],
  ['budgets.0.class', ['budgets', 0, 'class']],
  ['spread.days', ['spread', 'days']],
])('what is said of %s stands at a field', (path, want) => expect(fieldOf(path)).toEqual(want));
