import type { Op } from '../model/draft';

type Entry = { base: number; ops: Op[]; beat: number; closed?: boolean; tab: string };
export type Found = { base: number; ops: Op[] };

const asleep = 15_000;

/**
 * Edits the server has not acknowledged yet, kept in the browser. Each tab has its own entry; one that was
 * closed, or has been silent for long, is taken over by the next tab that opens the same draft.
 */
export class Drawer {
  private readonly tab = Math.random().toString(36).slice(2);
  private readonly prefix: string;
  private kept = false;

  constructor(
    scope: string,
    private readonly storage: Storage | undefined,
    private readonly now: () => number = Date.now,
  ) {
    this.prefix = `dueflow.unsaved.${scope}.`;
  }

  /** Whether the edits are kept: a browser may have closed its storage, or it is full. */
  keep(base: number, ops: Op[]): boolean {
    const name = this.prefix + this.tab;
    try {
      if (ops.length === 0) {
        if (this.kept) this.storage?.removeItem(name);
        this.kept = false;
        return true;
      }
      if (!this.storage) return false;
      const entry: Entry = { base, ops, beat: this.now(), tab: this.tab };
      this.storage.setItem(name, JSON.stringify(entry));
      this.kept = true;
      return true;
    } catch {
      // A full or closed storage: the edits stay on screen until the server has them.
      return false;
    }
  }

  /** The tab goes away: whoever comes next may take over at once. */
  leave() {
    if (!this.kept) return;
    try {
      const name = this.prefix + this.tab;
      const raw = this.storage?.getItem(name);
      if (raw) this.storage?.setItem(name, JSON.stringify({ ...JSON.parse(raw), closed: true }));
    } catch {
      // See keep.
    }
  }

  /** Edits of tabs that are gone, oldest first; they are this tab's from now on. */
  found(): Found[] {
    const found: Entry[] = [];
    try {
      for (let at = (this.storage?.length ?? 0) - 1; at >= 0; at--) {
        const name = this.storage?.key(at);
        if (!name?.startsWith(this.prefix)) continue;
        const entry = JSON.parse(this.storage?.getItem(name) ?? 'null') as Entry | null;
        if (!entry || !Array.isArray(entry.ops)) this.storage?.removeItem(name);
        else if (entry.closed || this.now() - entry.beat > asleep) {
          found.push(entry);
          this.storage?.removeItem(name);
        }
      }
    } catch {
      // What cannot be read cannot be kept.
    }
    return found.sort((a, b) => a.beat - b.beat);
  }
}

export function localDrawer(scope: string): Drawer {
  try {
    return new Drawer(scope, window.localStorage);
  } catch {
    return new Drawer(scope, undefined);
  }
}
