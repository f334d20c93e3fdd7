import type { Tier } from '@/shared/api/types';

/** The weights of a score: 100 minus penalties, each up to its maximum. */
export type Scoring = {
  tierA: number;
  tierB: number;
  hysteresis: number;
  minPaid: number;
  perDay: number;
  maxDelay: number;
  perBroken: number;
  maxBroken: number;
  maxOld: number;
  oldDays: number;
  maxCredit: number;
  /** a share, 0 to 1 */
  creditFrom: number;
  new: number;
};

export type Round = {
  cause: 'night' | 'settings' | 'asked';
  seen: number;
  changed: number;
  fell: number;
  failed: number;
  startedAt: string;
  finishedAt?: string;
};

export type TierSettings = {
  version: number;
  scoring: Scoring;
  defaults: Scoring;
  oldSteps: number[];
  last?: Round;
};

export type Shift = {
  from: Tier | '';
  to: Tier | '';
  count: number;
  examples: { id: string; name: string; score: number; next: number }[];
};
export type Outlook = {
  counted: number;
  complete: boolean;
  unscored: number;
  byHand: number;
  changed: number;
  before: Partial<Record<Tier | '', number>>;
  after: Partial<Record<Tier | '', number>>;
  moves: Shift[];
};

/** Shares are stated in percent in the form. */
export const toForm = ({ creditFrom, ...rest }: Scoring) => ({
  ...rest,
  creditFrom: Math.round(creditFrom * 100),
});
export const fromForm = ({ creditFrom, ...rest }: Scoring): Scoring => ({
  ...rest,
  creditFrom: creditFrom / 100,
});
