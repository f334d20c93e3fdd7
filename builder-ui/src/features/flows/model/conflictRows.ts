import type { Schema } from './catalog';
import { isObject, same } from './document';
import { sayValue, type Words } from './wording';

export type Side = 'mine' | 'theirs';
export type Row = { title: string; mine: string; theirs: string };
type Sides = { mine: unknown; theirs: unknown };

/** Settings that are no step's own have no schema: what they are called, and what they hold. */
const settings: Record<string, { title: string; schema?: Schema; group?: string }> = {
  label: { title: 'designer.label' },
  note: { title: 'designer.note' },
  disabled: { title: 'designer.disabled' },
  window: { title: 'designer.window' },
  calendar: { title: 'designer.calendar' },
  timezone: { title: 'designer.zone', group: 'zones' },
  contactBudget: { title: 'designer.budget' },
  priority: { title: 'designer.priority', group: 'priorities' },
  ifLate: { title: 'designer.late' },
  onError: { title: 'designer.onError' },
  form: { title: 'designer.subject', group: 'subjects' },
  reentry: { title: 'designer.reentry', group: 'reentries' },
  outcome: { title: 'designer.conflict.outcome', group: 'outcome' },
  when: { title: 'designer.stopWhen', schema: { 'x-df-widget': 'filter' } },
  on: { title: 'designer.stopOn', schema: { 'x-df-widget': 'events' } },
  text: { title: 'designer.noteText' },
  name: { title: 'designer.paramName' },
  default: { title: 'designer.paramDefault' },
  type: { title: 'designer.conflict.kind', group: 'paramTypes' },
};
/** Says nothing to people, or follows from something that does. */
const silent = new Set(['id', 'keyBy', 'v', 'x', 'y', 'w', 'h', 'pos']);

/** Compound settings read as a sentence of their own. */
function sayCompound({ t, ...words }: Words, key: string, value: unknown): string | undefined {
  if (!isObject(value)) return undefined;
  if (key === 'window')
    return `${value.from ?? ''}–${value.to ?? ''} ${t(`designer.days.${value.days ?? 'working'}`)}`;
  if (key === 'contactBudget')
    return `${value.max ?? 1} ${t('designer.per')} ${sayValue({ t, ...words }, value.per)}`;
  if (key === 'ifLate') {
    const within =
      value.within &&
      `${t('designer.lateWithin')} ${sayValue({ t, ...words }, value.within)}${t('designer.semicolon')}${t(`designer.lateOr.${value.else ?? 'ask'}`)}`;
    return [t(`designer.lateThen.${value.then ?? 'send'}`), within].filter(Boolean).join(t('designer.comma'));
  }
  if (key === 'onError') {
    const retries = Number(value.retries) > 0 && `${t('designer.retries')} ${value.retries}`;
    return [t(`designer.onErrorThen.${value.then ?? 'park'}`), retries]
      .filter(Boolean)
      .join(t('designer.comma'));
  }
}

/** A text that differs in the other language only is shown in both. */
function sayText(words: Words, sides: Sides, side: Side): string | undefined {
  const value = sides[side];
  if (!isObject(value) || !('en' in value || 'zh-CN' in value)) return undefined;
  const other = sides[side === 'mine' ? 'theirs' : 'mine'];
  if (!isObject(other) || words.text(value) !== words.text(other)) return words.text(value);
  return (['zh-CN', 'en'] as const)
    .map(
      (lang) =>
        `${words.t(`designer.langMark.${lang}`)} ${value[lang] || words.t('designer.conflict.unset')}`,
    )
    .join(words.t('designer.semicolon'));
}

/** The settings in which the two sides of a unit differ, in people's words. */
export function conflictRows(words: Words, sides: Sides, schemas?: Record<string, Schema>): Row[] {
  const mine = flatten(sides.mine);
  const theirs = flatten(sides.theirs);
  const keys = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return keys
    .filter((key) => !silent.has(key) && !same(mine[key], theirs[key]))
    .map((key) => {
      const own = schemas?.[key];
      const known = own?.['x-df-title'] ? undefined : settings[key];
      const both = { mine: mine[key], theirs: theirs[key] };
      const say = (side: Side) => {
        const value = both[side];
        if (known?.group && value !== undefined)
          return words.t(`designer.${known.group}.${value}`, { defaultValue: String(value) });
        return (
          sayText(words, both, side) ??
          (known && sayCompound(words, key, value)) ??
          sayValue(words, value, own ?? known?.schema)
        );
      };
      const title = known ? words.t(known.title) : words.text(own?.['x-df-title']);
      return { title: key && (title || key), mine: say('mine'), theirs: say('theirs') };
    });
}

/** A step's settings stand beside what all steps have; a plain value has no name. */
function flatten(value: unknown): Record<string, unknown> {
  if (!isObject(value)) return value === undefined ? {} : { '': value };
  if ('en' in value || 'zh-CN' in value) return { '': value };
  const { cfg, ...rest } = value;
  return { ...rest, ...(isObject(cfg) ? cfg : {}) };
}
