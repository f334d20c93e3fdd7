import type { Text } from '@/shared/api/types';

export { isObject, same } from '@/shared/lib/json';

/** A flow document as the server stores it; unknown properties travel along untouched. */
export type SpanUnit = 'minute' | 'hour' | 'day' | 'businessDay' | 'week';
export type Span = { value: number; unit: SpanUnit };
export type LocalText = Partial<Text>;
export type Cfg = Record<string, unknown>;
export type OnError = { retries?: number; then: 'continue' | 'port' | 'park' };
export type FlowNode = {
  type: string;
  v: number;
  label?: LocalText;
  note?: string;
  disabled?: boolean;
  onError?: OnError;
  cfg?: Cfg;
};
export type Edge = { from: string; port?: string; to: string };
export type Stop = { id: string; on?: string[]; when: Filter; outcome: 'goal' | 'exit' };
export type Filter = Record<string, unknown>;
export type Param = { type: string; name?: LocalText; default?: unknown };
export type Note = { x: number; y: number; text: string; w: number; h: number };
export type Subject = { form: string; keyBy?: string; reentry?: string };
export type Settings = {
  calendar?: string;
  timezone?: string;
  window?: { from: string; to: string; days?: string };
  contactBudget?: { max: number; per: Span; class?: string };
  priority?: string;
  ifLate?: { then: string; within?: Span; else?: string };
};
export type FlowDocument = {
  format: string;
  key: string;
  name: LocalText;
  about?: LocalText;
  subject: Subject;
  settings?: Settings;
  params?: Record<string, Param>;
  stopWhen?: Stop[];
  nodes: Record<string, FlowNode>;
  edges?: Edge[];
  layout?: Record<string, unknown>;
};

/** Where a step can be put: the port of the step before it. */
export type Place = { from: string; port: string };

export const portOf = (edge: Edge) => edge.port || 'out';
