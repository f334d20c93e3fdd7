import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type {
  BucketKey,
  FlowStatus,
  InvoiceStatus,
  MessageStatus,
  PromiseStatus,
  RunStatus,
  Tier,
} from '../api/types';
import { bucketOf, rampOf } from '../lib/ageing';

export type Tone = 'neutral' | 'blue' | 'green' | 'amber' | 'red' | 'violet';

export function Chip({
  tone = 'neutral',
  dot,
  children,
}: {
  tone?: Tone;
  dot?: boolean;
  children: ReactNode;
}) {
  return (
    <span className={`chip chip-${tone}`}>
      {dot && <span className="chip-dot" aria-hidden />}
      {children}
    </span>
  );
}

/** How late an invoice is: always words, with the ramp's colour. */
export function AgeChip({ dpd }: { dpd: number }) {
  const { t } = useTranslation();
  const text =
    dpd > 0 ? t('age.overdue', { count: dpd }) : dpd === 0 ? t('age.today') : t('age.due', { count: -dpd });
  return <span className={`chip ${rampOf(bucketOf(dpd))}`}>{text}</span>;
}

export function BucketChip({ bucket }: { bucket: BucketKey }) {
  const { t } = useTranslation();
  return <span className={`chip ${rampOf(bucket)}`}>{t(`bucket.${bucket}`)}</span>;
}

const runTone: Record<RunStatus, Tone> = {
  active: 'blue',
  paused: 'neutral',
  parked: 'amber',
  done: 'green',
};
const invoiceTone: Record<InvoiceStatus, Tone> = {
  open: 'blue',
  partPaid: 'violet',
  paid: 'green',
  cancelled: 'neutral',
  writtenOff: 'neutral',
};
const messageTone: Record<MessageStatus, Tone> = {
  intended: 'blue',
  waiting: 'violet',
  sent: 'green',
  delivered: 'green',
  bounced: 'red',
  replied: 'violet',
  failed: 'red',
  unknown: 'amber',
};
const flowTone: Record<FlowStatus, Tone> = { draft: 'neutral', live: 'green', stopped: 'amber' };
const promiseTone: Record<PromiseStatus, Tone> = {
  open: 'blue',
  kept: 'green',
  partKept: 'amber',
  broken: 'red',
  cancelled: 'neutral',
};

type StatusProps =
  | { kind: 'run'; status: RunStatus }
  | { kind: 'invoice'; status: InvoiceStatus }
  | { kind: 'message'; status: MessageStatus }
  | { kind: 'flow'; status: FlowStatus }
  | { kind: 'promise'; status: PromiseStatus };

function toneOf(props: StatusProps): Tone {
  switch (props.kind) {
    case 'run':
      return runTone[props.status];
    case 'invoice':
      return invoiceTone[props.status];
    case 'message':
      return messageTone[props.status];
    case 'flow':
      return flowTone[props.status];
    case 'promise':
      return promiseTone[props.status];
  }
}

export function StatusChip(props: StatusProps) {
  const { t } = useTranslation();
  return (
    <Chip tone={toneOf(props) ?? 'neutral'} dot>
      {t(`status.${props.kind}.${props.status}`, { defaultValue: props.status })}
    </Chip>
  );
}

export function TierMark({ tier }: { tier?: Tier }) {
  const { t } = useTranslation();
  if (!tier) return null;
  return (
    <span className={`tier tier-${tier}`} title={t('customer.tierOf', { tier })}>
      <span className="sr-only">{t('customer.tier')}</span>
      {tier}
    </span>
  );
}
