import type { Text } from '@/shared/api/types';

/** A question of a pack, as its JSON Schema describes it. */
export type Question = {
  type?: 'string' | 'integer' | 'number' | 'boolean';
  pattern?: string;
  enum?: string[];
  oneOf?: { const: string | number; title?: string; 'x-df-label'?: Text }[];
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  default?: unknown;
  'x-df-label'?: Text;
  'x-df-help'?: Text;
};
export type QuestionSchema = { properties?: Record<string, Question>; 'x-df-order'?: string[] };
export type Answers = Record<string, unknown>;

export function questionsOf(schema?: QuestionSchema | null): { name: string; question: Question }[] {
  const properties = schema?.properties ?? {};
  const order = schema?.['x-df-order'] ?? [];
  const names = [...new Set([...order, ...Object.keys(properties)])];
  return names.flatMap((name) => {
    const question = properties[name];
    return question ? [{ name, question }] : [];
  });
}

/** What is shown: the defaults, over them what the workspace answered before, over that what was typed now. */
export function answersOf(
  schema?: QuestionSchema | null,
  before?: Answers | null,
  typed: Answers = {},
): Answers {
  const out: Answers = {};
  for (const { name, question } of questionsOf(schema)) {
    const value = name in typed ? typed[name] : (before?.[name] ?? question.default);
    if (value !== undefined) out[name] = value;
  }
  return out;
}

export type Fault = 'needed' | 'pattern' | 'range' | 'choice';

/** What is wrong with an answer before anybody asks the server. */
export function faultOf(question: Question, value: unknown): Fault | undefined {
  if (value === undefined || value === null || value === '') return 'needed';
  const choices = choicesOf(question);
  if (choices) return choices.some((choice) => choice.value === value) ? undefined : 'choice';
  if (typeof value === 'number') {
    const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = question;
    return value < minimum || value > maximum ? 'range' : undefined;
  }
  if (typeof value === 'string' && question.pattern && !matches(question.pattern, value)) return 'pattern';
  return undefined;
}

function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true; // a pattern that this browser cannot read is the server's to judge
  }
}

export function choicesOf({ oneOf, enum: values }: Question) {
  if (oneOf)
    return oneOf.map((one) => ({
      value: one.const,
      label: one['x-df-label'] ?? one.title ?? String(one.const),
    }));
  return values?.map((value) => ({ value: value as string | number, label: value as Text | string }));
}

export function faultsOf(schema: QuestionSchema | null | undefined, answers: Answers): Record<string, Fault> {
  const out: Record<string, Fault> = {};
  for (const { name, question } of questionsOf(schema)) {
    const fault = faultOf(question, answers[name]);
    if (fault) out[name] = fault;
  }
  return out;
}
