import type { Tone } from '@/shared/ui/Chip';

/** A dot's colour by the kind's first word: money in is green, trouble red, our own doing blue. */
export function kindTone(kind: string): Tone {
  const [group = '', what = ''] = kind.split('.');
  if (what === 'broken' || what === 'failed' || what === 'bounced' || what === 'reversed') return 'red';
  if (group === 'payment' || group === 'credit' || what === 'kept') return 'green';
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
