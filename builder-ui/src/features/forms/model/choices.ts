import { choicesOf } from '@/shared/form/kinds';
import type { FormDoc, Property } from '@/shared/form/types';
import { kindName } from './edit';

/** What is wrong with the options of a choice: there are none, one has no name, or two read the same. */
export type ChoiceTrouble = 'none' | 'unnamed' | 'same';

export function choiceTrouble(property: Property): ChoiceTrouble | undefined {
  if (!['choice', 'multiChoice'].includes(kindName(property))) return undefined;
  const choices = choicesOf(property);
  if (choices.length === 0) return 'none';
  const named = choices.map(({ names }) => Object.values(names).map((name) => name?.trim() ?? ''));
  if (named.some((names) => names.every((name) => name === ''))) return 'unnamed';
  const readings = named.map((names) => JSON.stringify(names));
  return new Set(readings).size < readings.length ? 'same' : undefined;
}

/** The fields whose options somebody should look at before publishing. */
export const choiceTroubles = ({ schema }: Pick<FormDoc, 'schema'>) =>
  Object.entries(schema.properties ?? {}).flatMap(([field, property]) => {
    const trouble = choiceTrouble(property);
    return trouble ? [{ field, trouble }] : [];
  });
