import type { TimelineEntry } from '@/shared/api/types';
import type { Tone } from '@/shared/ui/Chip';

/** A dot's colour by the kind's first word: money in is green, trouble red, our own doing blue. */
export function toneOf(entry: TimelineEntry): Tone {
  if (entry.kind !== 'step') return kindTone(entry.kind);
  const what = word(entry, 'what');
  if (what === 'failed' || what === 'refused') return 'red';
  if (what === 'deferred' || what === 'parked' || what === 'hold' || what === 'reopened') return 'amber';
  if (what === 'ended' && word(entry, 'reason').includes('paid')) return 'green';
  return 'neutral';
}

export function kindTone(kind: string): Tone {
  const [group = '', what = ''] = kind.split('.');
  if (what === 'broken' || what === 'failed' || what === 'bounced' || what === 'reversed') return 'red';
  if (group === 'payment' || group === 'credit' || what === 'kept') return 'green';
  if (what === 'replied') return 'violet';
  if (group === 'message') return 'blue';
  if (group === 'dispute' || group === 'promise') return 'violet';
  if (group === 'hold' || group === 'stop' || group === 'write') return 'amber';
  return 'neutral';
}

export function decisionTone(decision: string): Tone {
  switch (decision) {
    case 'sent':
      return 'green';
    case 'deferred':
      return 'amber';
    case 'refused':
      return 'red';
    default:
      return 'neutral';
  }
}

const routine = new Set(['waiting', 'ok', 'left', 'started', 'merged', 'update', 'resumed']);

const word = (entry: TimelineEntry, key: string) => {
  const value = entry.data?.[key];
  return typeof value === 'string' ? value : '';
};

/** A flow's step that only kept it going: no one needs to read it unless they ask for every step. */
function isRoutine(entry: TimelineEntry): boolean {
  if (entry.kind !== 'step') return false;
  const what = word(entry, 'what');
  return routine.has(what) || (what === 'ended' && ['', 'notMatched'].includes(word(entry, 'reason')));
}

/** Said once: repeats within a minute are one, and "prepared" gives way to what became of the message. */
export function quietTimeline(entries: TimelineEntry[], everything: boolean): TimelineEntry[] {
  const settled = new Set(
    entries
      .filter(({ kind }) => kind.startsWith('message.') && kind !== 'message.intended')
      .map((entry) => word(entry, 'message')),
  );
  const seen = new Set<string>();
  return entries.filter((entry) => {
    if (!everything && isRoutine(entry)) return false;
    if (entry.kind === 'message.intended' && settled.has(word(entry, 'message'))) return false;
    if (entry.kind !== 'step') return true;
    const same = [entry.at.slice(0, 16), word(entry, 'what'), word(entry, 'run'), word(entry, 'node')].join();
    if (seen.has(same)) return false;
    seen.add(same);
    return true;
  });
}

/** Stamps inside a step's text carry no zone; only their date can be told to people. */
export const withoutClock = (text: string, date: (day: string) => string) =>
  text.replace(/(\d{4}-\d\d-\d\d) \d\d:\d\d/g, (_, day: string) => date(day));
