import { describe, expect, it } from 'vitest';
import { difference } from './difference';

const read = (before: string, after: string) =>
  difference(before, after).map(
    ({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`,
  );

describe('difference', () => {
  it('keeps what is common and marks the rest', () => {
    expect(read('a\nb\nc', 'a\nx\nc')).toEqual([' a', '-b', '+x', ' c']);
    expect(read('', 'a')).toEqual(['+a']);
    expect(read('a\n\nb', 'a\n\nb')).toEqual([' a', ' ', ' b']);
  });

  it('gives both texts back, whatever they are', () => {
    const texts = ['', 'a', 'a\nb', 'b\na\nb', 'x\n\ny\nz', 'y\nz\nx'];
    for (const before of texts)
      for (const after of texts) {
        const all = difference(before, after);
        const of = (not: string) =>
          all
            .filter(({ kind }) => kind !== not)
            .map(({ text }) => text)
            .join('\n');
        expect(of('added')).toBe(before);
        expect(of('removed')).toBe(after);
      }
  });
});
