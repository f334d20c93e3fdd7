import { isObject } from './document';
import type { Units } from './draft';

type Finding = { severity: string; pointer: string; node?: string };

const isEmpty = (value: unknown) =>
  value === undefined ||
  value === null ||
  value === '' ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** Whether a finding is about a setting of the step that nobody has filled in; a wrong value is another matter. */
export function lacks(units: Units, step: string, { node, pointer }: Finding): boolean {
  if (node !== step) return false;
  const [, room, id, ...path] = pointer.split('/');
  if (room !== 'nodes') return false;
  let value: unknown = units[`nodes/${id}`];
  for (const key of path) value = isObject(value) || Array.isArray(value) ? value[key as never] : undefined;
  return isEmpty(value);
}

/** What the checklist counts: errors and warnings, and apart from them what a step just added still asks for. */
export function countFindings(findings: readonly Finding[], fresh?: string) {
  const count = { errors: 0, warnings: 0, todo: 0 };
  for (const { severity, node } of findings) {
    if (severity !== 'error') count.warnings++;
    else if (fresh && node === fresh) count.todo++;
    else count.errors++;
  }
  return count;
}
