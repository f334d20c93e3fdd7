/** What a decision of the log is compared by, and when it was taken. */
type Entry = { at: string; decision: string; reason?: { key: string; text: unknown }; sentence?: unknown };

export type Same<T> = { first: T; last: string; count: number };

/** Decisions that read the same become one line, at the place of the first, with the time of the last and how many. */
export function together<T extends Entry>(entries: readonly T[]): Same<T>[] {
  const out = new Map<string, Same<T>>();
  for (const entry of entries) {
    const key = JSON.stringify([entry.decision, entry.reason?.key, entry.reason?.text, entry.sentence]);
    const same = out.get(key);
    if (!same) {
      out.set(key, { first: entry, last: entry.at, count: 1 });
      continue;
    }
    same.count++;
    if (entry.at > same.last) same.last = entry.at;
  }
  return [...out.values()];
}
