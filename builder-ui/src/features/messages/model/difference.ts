/** A line of two texts laid over each other. */
export type Line = { kind: 'same' | 'added' | 'removed'; text: string };

const most = 400;

/** The lines of two texts by their longest common sequence; very long texts are shown as replaced. */
export function difference(before: string, after: string): Line[] {
  const [a, b] = [lines(before), lines(after)];
  if (a.length > most || b.length > most)
    return [
      ...a.map((text) => ({ kind: 'removed' as const, text })),
      ...b.map((text) => ({ kind: 'added' as const, text })),
    ];
  const common = Array.from({ length: a.length + 1 }, () => new Array<number>(b.length + 1).fill(0));
  const at = (i: number, k: number) => common[i]?.[k] ?? 0;
  for (let i = a.length - 1; i >= 0; i--)
    for (let k = b.length - 1; k >= 0; k--)
      (common[i] as number[])[k] =
        a[i] === b[k] ? at(i + 1, k + 1) + 1 : Math.max(at(i + 1, k), at(i, k + 1));
  const out: Line[] = [];
  let [i, k] = [0, 0];
  while (i < a.length || k < b.length)
    if (i < a.length && a[i] === b[k]) {
      out.push({ kind: 'same', text: a[i] ?? '' });
      i++;
      k++;
    } else if (i < a.length && (k >= b.length || at(i + 1, k) >= at(i, k + 1)))
      out.push({ kind: 'removed', text: a[i++] ?? '' });
    else out.push({ kind: 'added', text: b[k++] ?? '' });
  return out;
}

const lines = (text: string) => (text === '' ? [] : text.split('\n'));
