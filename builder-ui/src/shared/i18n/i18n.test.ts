import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import en from './en.json';
import zh from './zh.json';

type Tree = { [key: string]: string | Tree };

/** Keys with their texts; Chinese has no singular, so plural forms count as one key. */
function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const flat = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') flat.set((prefix + key).replace(/_(one|other)$/, ''), value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) flat.set(inner, text);
  }
  return flat;
}

const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !path.includes('.test.') && path !== 'shared/api/types.ts')
  .map((path) => ({
    path,
    text: readFileSync(join('src', path), 'utf8').replaceAll(/useCan\([^)]*\)|can: '[^']*'/g, ''),
  }));
/** The shared texts and those that features bring along (features/<x>/i18n/en.json and zh.json). */
function texts(shared: Tree, file: string): Map<string, string> {
  const all = flatten(shared);
  for (const path of readdirSync('src', { recursive: true, encoding: 'utf8' }))
    if (path.endsWith(`i18n/${file}`) && !path.startsWith('shared/i18n/'))
      for (const [key, text] of flatten(JSON.parse(readFileSync(join('src', path), 'utf8'))))
        all.set(key, text);
  return all;
}
const english = texts(en, 'en.json');
const chinese = texts(zh, 'zh.json');

describe('language files', () => {
  it('have the same keys', () => {
    expect([...chinese.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it('use the same placeholders', () => {
    const holes = (text = '') => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
    for (const [key, text] of english) expect(holes(chinese.get(key)), key).toEqual(holes(text));
  });

  it('hold every key the code names', () => {
    const groups = new Set([...english.keys()].map((key) => key.split('.')[0]));
    const missing: string[] = [];
    for (const { path, text } of sources) {
      for (const [, key] of text.matchAll(/['"]([a-z][A-Za-z]*(?:\.[A-Za-z0-9_+-]+)+)['"]/g)) {
        if (!key || !groups.has(key.split('.')[0] ?? '') || english.has(key)) continue;
        // Ledger commands and events share some first words with text groups.
        if (/type: |'(promise\.(make|cancel)|call\.log)'/.test(lineOf(text, key))) continue;
        missing.push(`${path}: ${key}`);
      }
    }
    expect(missing).toEqual([]);
  });
});

function lineOf(text: string, part: string): string {
  return text.split('\n').find((line) => line.includes(part)) ?? '';
}

describe('components', () => {
  it('hold no literal text', () => {
    const literal: string[] = [];
    for (const { path, text } of sources.filter(({ path }) => path.endsWith('.tsx'))) {
      for (const [, words] of text.matchAll(
        /<[A-Za-z][^<>]*[^=\s]>\s*([^<>{}()=;]*[A-Za-z\u4e00-\u9fff]{2,}[^<>{}()=;]*)\s*<\//g,
      ))
        literal.push(`${path}: ${words?.trim()}`);
      for (const [, name, words] of text.matchAll(
        /\b(aria-label|placeholder|title|alt|label|extra)="([^"]*[A-Za-z\u4e00-\u9fff][^"]*)"/g,
      ))
        literal.push(`${path}: ${name}="${words}"`);
    }
    // The product's name is the same in every language.
    expect(literal.filter((entry) => !/: (title=")?Dueflow"?$/.test(entry))).toEqual([]);
  });
});
