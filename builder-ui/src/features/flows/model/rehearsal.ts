import type { Reason, Text } from '@/shared/api/types';

/** What a rehearsal tells, line by line. Lists stop at 5,000 entries; totals are whole. */
export type RehearsedMessage = {
  at: string;
  customer: string;
  name: string;
  items: { invoice: string; number: string; dpd: number }[];
  amount: number;
  currency: string;
  node: string;
  channel: string;
  template: string;
  merged?: number | boolean;
  /** Of a message of another flow than the rehearsed one. */
  flow?: string;
  /** Other flows whose steps it answers as well. */
  with?: string[];
};
export type Held = {
  at: string;
  customer: string;
  name: string;
  run?: string;
  node: string;
  what: 'deferred' | 'merged' | 'refused';
  reason?: Reason;
  until?: string;
  /** The flow into whose message it went, or that stood in the way. */
  by?: string;
  /** Of the invoice that it is about. */
  number?: string;
};
/** What a flow did that played along; merged and hindered are steps of the rehearsed one. */
export type OtherFlow = { messages: number; tasks: number; merged: number; hindered: number };
export type RehearsedTask = {
  at: string;
  customer: string;
  name: string;
  node: string;
  title: Text;
  assign?: unknown;
  /** Of the invoices that it is about. */
  numbers?: string[];
};
export type PathStep = {
  at: string;
  run: string;
  node: string;
  what: string;
  port?: string;
  reason?: Reason;
  until?: string;
};
export type Totals = {
  accounts: number;
  runs: number;
  messages: number;
  items: number;
  merged: number;
  deferred: number;
  refused: number;
  parked: number;
  tasks: number;
  afterPayment: number;
  ended?: Record<string, number>;
  perDay?: Record<string, { messages: number; tasks: number }>;
  perNode?: Record<string, number>;
  cut?: boolean;
  /** Years without days in the flow's calendar. */
  noData?: number[];
  others?: Record<string, OtherFlow>;
};
export type Line = {
  progress?: { done: number; total: number };
  messages?: RehearsedMessage[];
  held?: Held[];
  tasks?: RehearsedTask[];
  path?: PathStep[];
  others?: RehearsedMessage[];
  totals?: Totals;
  problem?: { title?: string; detail?: string };
};
export type Rehearsal = {
  progress: { done: number; total: number };
  messages: RehearsedMessage[];
  held: Held[];
  tasks: RehearsedTask[];
  path: PathStep[];
  others: RehearsedMessage[];
  totals?: Totals;
  problem?: string;
};

export const nothing: Rehearsal = {
  progress: { done: 0, total: 0 },
  messages: [],
  held: [],
  tasks: [],
  path: [],
  others: [],
};

export function hearLine(so: Rehearsal, line: Line): Rehearsal {
  return {
    progress: line.progress ?? so.progress,
    messages: line.messages ? so.messages.concat(line.messages) : so.messages,
    held: line.held ? so.held.concat(line.held) : so.held,
    tasks: line.tasks ? so.tasks.concat(line.tasks) : so.tasks,
    path: line.path ? so.path.concat(line.path) : so.path,
    others: line.others ? so.others.concat(line.others) : so.others,
    totals: line.totals ?? so.totals,
    problem: line.problem ? (line.problem.detail ?? line.problem.title ?? '') : so.problem,
  };
}

/** Cuts a stream of text into whole lines; what is left over begins the next piece. */
export function splitLines(rest: string, piece: string): { lines: string[]; rest: string } {
  const parts = (rest + piece).split('\n');
  const last = parts.pop() ?? '';
  return { lines: parts.filter((line) => line.trim() !== ''), rest: last };
}

export type Day = { date: string; messages: number; tasks: number; outside?: boolean };

const dayMs = 86_400_000;

/** Whole weeks from Monday to Sunday that cover the range, with what happens on each day. */
export function weeks(
  from: string,
  to: string,
  perDay: Record<string, { messages: number; tasks: number }>,
): Day[][] {
  const first = Date.parse(`${from}T00:00:00Z`);
  const last = Date.parse(`${to}T00:00:00Z`);
  if (Number.isNaN(first) || Number.isNaN(last) || last < first) return [];
  const lead = (new Date(first).getUTCDay() + 6) % 7;
  const rows: Day[][] = [];
  for (let at = first - lead * dayMs; at <= last; at += 7 * dayMs) {
    rows.push(
      Array.from({ length: 7 }, (_, day) => {
        const time = at + day * dayMs;
        const date = new Date(time).toISOString().slice(0, 10);
        return {
          date,
          messages: perDay[date]?.messages ?? 0,
          tasks: perDay[date]?.tasks ?? 0,
          outside: time < first || time > last || undefined,
        };
      }),
    );
  }
  return rows;
}

/** Counts by day while the totals are not there yet. */
export function countDays(
  { messages, tasks, totals }: Rehearsal,
  dayOf: (instant: string) => string,
): Record<string, { messages: number; tasks: number }> {
  if (totals?.perDay) return totals.perDay;
  const days: Record<string, { messages: number; tasks: number }> = {};
  const at = (instant: string) => {
    const day = dayOf(instant);
    days[day] ??= { messages: 0, tasks: 0 };
    return days[day];
  };
  for (const message of messages) at(message.at).messages++;
  for (const task of tasks) at(task.at).tasks++;
  return days;
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** The ways a path took, as "step/port", for drawing it on the canvas. */
export function takenWays(path: readonly PathStep[]): Set<string> {
  const taken = new Set<string>();
  for (const { node, port } of path) if (port) taken.add(`${node}/${port}`);
  return taken;
}
