import { existsSync, readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';

type Chunk = { file: string; imports?: string[]; isEntry?: boolean };
const built = 'dist/.vite/manifest.json';
const manifest: Record<string, Chunk> = existsSync(built) ? JSON.parse(readFileSync(built, 'utf8')) : {};

/** Compressed size of a file as the server sends it, in KiB; tiny ones are sent as they are. */
function size({ file }: Chunk): number {
  const packed = `dist/${file}.gz`;
  return statSync(existsSync(packed) ? packed : `dist/${file}`).size / 1024;
}

/** A chunk with all that it imports at once. */
function closure(key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`not in the build: ${key}`);
  if (seen.has(key)) return seen;
  seen.add(key);
  for (const next of chunk.imports ?? []) closure(next, seen);
  return seen;
}

/** What a page needs before its first picture: the frame of the product, the page, and one language. */
const pages: [name: string, kib: number, parts: string[]][] = [
  [
    'flow',
    390,
    ['src/features/flows/components/FlowPage.tsx', 'src/features/flows/components/DesignerTab.tsx'],
  ],
  ['form', 480, ['src/features/forms/components/DesignerPage.tsx']],
  ['board', 310, ['src/features/board/components/BoardPage.tsx']],
];

it.skipIf(!existsSync(built)).each(pages)(
  'the %s page loads at most %d KiB of JavaScript',
  (name, budget, parts) => {
    const there = parts.filter((part) => manifest[part]);
    if (there.length === 0) return expect(name).toBe('board'); // a build without a board has nothing to load
    const entry = 'index.html';
    const files = new Set([entry, ...there].flatMap((key) => [...closure(key)]));
    const total = [...files].reduce((sum, key) => sum + size(manifest[key] as Chunk), 0);
    console.log(`${name}: ${total.toFixed(0)} KiB in ${files.size} files`);
    expect(total).toBeLessThanOrEqual(budget);
  },
);

it.skipIf(!existsSync(built))('the page of customers loads at most 80 KiB', () => {
  const total = [...closure('portal.html')].reduce((sum, key) => sum + size(manifest[key] as Chunk), 0);
  console.log(`portal: ${total.toFixed(0)} KiB`);
  expect(total).toBeLessThanOrEqual(80);
});

it.skipIf(!existsSync(built))('no file is larger than 210 KiB', () => {
  for (const chunk of Object.values(manifest))
    if (chunk.file.endsWith('.js')) expect(size(chunk), chunk.file).toBeLessThanOrEqual(210);
});
