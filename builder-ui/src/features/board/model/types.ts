import type { Balance, Problem, Ref, Text, Tier } from '@/shared/api/types';

export type ColumnKey = 'current' | 'followUp' | 'promised' | 'disputed' | 'onHold' | 'escalated';
export type Lanes = 'owner' | 'tier' | 'region';
export type SortKey = '' | '-open' | 'oldestDue' | 'name';

export type View = {
  key: string;
  name: Text;
  columns: ColumnKey[];
  filter?: unknown;
  lanes?: Lanes | 'team' | '';
  sort?: SortKey;
  limits?: Partial<Record<ColumnKey, number>>;
  shared: boolean;
  owner?: string;
  builtin?: boolean;
  version: number;
};

export type Work = { customer: string; by: string; name?: string; since: string; until: string };

export type Card = {
  id: string;
  column: ColumnKey;
  name: string;
  tier?: Tier;
  region?: string;
  owner?: Ref;
  version: number;
  balances?: Balance[];
  overdueDays: number;
  openInvoices: number;
  promise?: { id: string; amount: number; currency: string; date: string };
  dispute?: { amount: number; currency: string; reason?: string; n: number };
  hold?: { until?: string; reason: string; by?: string; at?: string };
  stopWish?: boolean;
  nextContactAt?: string;
  lastContactAt?: string;
  working?: Work;
};

export type Column = {
  key: ColumnKey;
  computed: boolean;
  count: number;
  totals: Record<string, number>;
  limit?: number;
  next?: string;
  items: Card[];
};
export type Cards = { today: string; columns: Column[] };

export type Move = {
  customer: string;
  from: ColumnKey;
  to: ColumnKey;
  amount?: number;
  currency?: string;
  date?: string;
  until?: string;
  items?: string[];
  invoice?: string;
  reason?: string;
  assignee?: string;
  role?: string;
  owner?: string;
  deadline?: string;
};
export type MoveResult = { customer: string; ok: boolean; card?: Card; undo?: Move; problem?: Problem };

export type Notice = {
  id: string;
  kind: 'mention' | 'task' | 'escalation' | 'tier';
  customer?: Ref;
  text?: string;
  by?: Ref;
  at: string;
  read: boolean;
};
