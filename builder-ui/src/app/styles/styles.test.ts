import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = 'src/app/styles';

/** Classes that a file styles by themselves, at its top level. */
function classesOf(css: string): Set<string> {
  const found = new Set<string>();
  let depth = 0;
  let head = '';
  for (const sign of css.replaceAll(/\/\*.*?\*\//gs, '')) {
    if (sign === '{') {
      if (depth === 0)
        for (const part of head.split(',')) if (/^\s*\.[\w-]+\s*$/.test(part)) found.add(part.trim());
      depth++;
    }
    if (sign === '}') depth--;
    head = sign === '{' || sign === '}' ? '' : head + sign;
  }
  return found;
}

// Shared looks that one file gives to the boxes of others, and nothing else.
const shared = ['.figure', '.header-right', '.table-box'];

it('styles a class in one file: two rooms with the same word would dress each other', () => {
  const files: Record<string, string[]> = {};
  for (const name of readdirSync(folder)) {
    // The page of customers is a page of its own.
    if (!name.endsWith('.css') || name === 'portal.css') continue;
    for (const one of classesOf(readFileSync(`${folder}/${name}`, 'utf8')))
      files[one] = [...(files[one] ?? []), name];
  }
  expect(Object.keys(files).length).toBeGreaterThan(200);
  const twice = Object.entries(files).filter(([one, at]) => at.length > 1 && !shared.includes(one));
  expect(twice).toEqual([]);
});
