import type { TFunction } from 'i18next';
import type { Text } from '@/shared/api/types';

export type Budget = { max: number; per: { value: number; unit: string }; class?: string };
/** How a workspace contacts its customers; the server's own shape. */
export type ContactRules = {
  preset?: string;
  calendar: string;
  window: { from: string; to: string; days?: string };
  quiet: { from: string; to: string };
  budgets: Budget[];
  afterTalkDays: number;
  spread: { gap: number; days: number; minutes: number };
  duplicateDays: number;
  maxDataAgeHours: number;
  /** What happens to a call by hand that the rules do not allow. */
  callsByHand?: 'told' | 'reason';
};
export type ContactSettings = { rules: ContactRules; changed: string[]; version: number; timezone: string };
export type Preset = { key: string; name: Text; about: Text; source: Text; rules: ContactRules };
export type ContactCheck = { key: string; ok: boolean; text: Text; until?: string };
export type ContactPreview = {
  customer: { id: string; name: string };
  timezone: string;
  asked: string;
  at?: string;
  blocked?: { key: string; text: Text };
  other?: { key: string; name: Text };
  checks: ContactCheck[];
  noData?: number;
};

export const channelClasses = ['', 'call', 'text', 'chat', 'email', 'letter'] as const;
export const units = ['businessDay', 'day', 'week'] as const;

const parts = ['window', 'quiet', 'budgets', 'afterTalkDays', 'spread', 'duplicateDays'] as const;
export type Part = (typeof parts)[number];

export const hasQuiet = ({ quiet }: ContactRules) => quiet.from !== quiet.to;
/** Switched off is midnight to midnight; two times that happen to be equal while one types are not. */
export const quietIsOn = ({ quiet }: ContactRules) => quiet.from !== '00:00' || quiet.to !== '00:00';

/** The same rules written the same way, so that two can be compared. */
function plain(rules: ContactRules, part: Part): unknown {
  switch (part) {
    case 'window':
      return { ...rules.window, days: rules.window.days || 'working' };
    case 'quiet':
      return hasQuiet(rules) ? [rules.quiet.from, rules.quiet.to] : [];
    case 'budgets':
      return rules.budgets.map(({ max, per, class: kind }) => [max, per?.value, per?.unit, kind || '']);
    case 'spread':
      return rules.spread.days > 0 ? [rules.spread.gap, rules.spread.days, rules.spread.minutes] : [];
    default:
      return rules[part] ?? 0;
  }
}

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, inner) =>
    inner && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => a.localeCompare(b)))
      : inner,
  );

/** What differs from a preset. */
export const changedAgainst = (rules: ContactRules, preset: ContactRules): Part[] =>
  parts.filter((part) => sorted(plain(rules, part)) !== sorted(plain(preset, part)));

/** The field that shows what the server says of a place; of a group, its first. */
export function fieldOf(path: string): (string | number)[] {
  const parts = path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  if (parts.length === 1 && (parts[0] === 'quiet' || parts[0] === 'window')) return [...parts, 'from'];
  if (parts.length === 2 && parts[0] === 'budgets') return [...parts, 'max'];
  return parts;
}

/** A preset chosen: its rules, with what belongs to the workspace kept. */
export const withPreset = (rules: ContactRules, preset: Preset): ContactRules => ({
  ...structuredClone(preset.rules),
  preset: preset.key,
  calendar: rules.calendar,
  maxDataAgeHours: rules.maxDataAgeHours,
  callsByHand: rules.callsByHand,
});

/** The whole of the rules as people say it, a sentence each. */
export function sentencesOf(rules: ContactRules, calendar: string, t: TFunction): string[] {
  const { window, quiet, budgets, afterTalkDays, spread, duplicateDays, maxDataAgeHours } = rules;
  const days = t(window.days === 'every' ? 'conduct.say.everyDay' : 'conduct.say.workingDays', { calendar });
  const out = [t('conduct.say.window', { from: window.from, to: window.to, days })];
  if (hasQuiet(rules)) out.push(t('conduct.say.quiet', quiet));
  for (const { max, per, class: kind } of budgets) {
    if (!max || !per) continue;
    const span = t(`conduct.span.${per.unit}`, { count: per.value });
    const what = t(`conduct.contacts.${kind || 'any'}`, { count: max });
    out.push(t('conduct.say.budget', { what, span }));
  }
  if (budgets.length === 0) out.push(t('conduct.say.noBudget'));
  if (afterTalkDays > 0) out.push(t('conduct.say.afterTalk', { count: afterTalkDays }));
  if (spread.days > 0)
    out.push(
      t('conduct.say.spread', {
        gap: spread.gap,
        count: spread.days,
        minutes:
          spread.minutes > 0
            ? t('conduct.say.spreadMinutes', { minutes: spread.minutes, from: window.from })
            : '',
      }),
    );
  if (duplicateDays > 0) out.push(t('conduct.say.duplicate', { count: duplicateDays }));
  if (rules.callsByHand === 'reason') out.push(t('conduct.say.callsReason'));
  if (maxDataAgeHours > 0) out.push(t('conduct.say.fresh', { count: maxDataAgeHours }));
  return out;
}

/** The instant at which clocks in a place show a local time ("2026-10-12T09:30"). */
export function instantIn(local: string, zone: string): string | undefined {
  const guess = Date.parse(`${local}:00Z`);
  if (!local || Number.isNaN(guess)) return undefined;
  const shown = (at: number) => {
    const part = Object.fromEntries(
      new Intl.DateTimeFormat('en-CA', {
        timeZone: zone,
        hourCycle: 'h23',
        year: 'numeric',
        month: '2-digit',
        day: '2-digit',
        hour: '2-digit',
        minute: '2-digit',
      })
        .formatToParts(at)
        .map(({ type, value }) => [type, value]),
    );
    return Date.parse(`${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:00Z`);
  };
  const first = guess - (shown(guess) - guess);
  // Once more: a clock change may lie between the guess and the moment meant.
  return new Date(first - (shown(first) - guess)).toISOString();
}
