import type { FormDoc } from '@/shared/form/types';

/** Edits that the server does not have yet, kept in this browser until it does. */
export type Kept = { doc: FormDoc; version: number; at: number };

const name = (workspace: string, key: string) => `dueflow.form.${workspace}.${key}`;

/** Whether this browser keeps them: its storage may be closed or full. */
export function keep(workspace: string, key: string, kept: Kept): boolean {
  try {
    localStorage.setItem(name(workspace, key), JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

export function kept(workspace: string, key: string): Kept | undefined {
  try {
    const found = JSON.parse(localStorage.getItem(name(workspace, key)) ?? 'null');
    return found?.doc?.schema ? found : undefined;
  } catch {
    return undefined;
  }
}

export function forget(workspace: string, key: string) {
  try {
    localStorage.removeItem(name(workspace, key));
  } catch {
    // Nothing to forget then.
  }
}
