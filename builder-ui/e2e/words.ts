import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Lang } from './helpers';

type Tree = { [key: string]: string | Tree };

const read = (path: string): Tree => JSON.parse(readFileSync(path, 'utf8')) as Tree;

function merge(into: Tree, from: Tree): Tree {
  for (const [key, value] of Object.entries(from)) {
    const there = into[key];
    into[key] = typeof value === 'object' && typeof there === 'object' ? merge(there, value) : value;
  }
  return into;
}

/** What the product says, from its own language files, so that a test walks the same way in every language. */
export function wordsOf(lang: Lang): (key: string, values?: Record<string, string | number>) => string {
  const file = lang === 'en' ? 'en.json' : 'zh.json';
  const src = fileURLToPath(new URL('../src', import.meta.url));
  const all = read(join(src, 'shared', 'i18n', file));
  for (const feature of readdirSync(join(src, 'features')))
    try {
      merge(all, read(join(src, 'features', feature, 'i18n', file)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  return (key, values = {}) => {
    let at: string | Tree | undefined = all;
    const names = key.split('.');
    for (const [depth, name] of names.entries()) {
      if (typeof at !== 'object') break;
      const plural: string = values.count === 1 && lang === 'en' ? '_one' : '_other';
      at = at[name] ?? (depth === names.length - 1 ? at[name + plural] : undefined);
    }
    if (typeof at !== 'string') throw new Error(`no text ${key} in ${file}`);
    return at.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(values[name] ?? ''));
  };
}
