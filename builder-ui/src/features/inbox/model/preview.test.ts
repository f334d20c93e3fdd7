import { expect, it } from 'vitest';
import { previewDocument } from './preview';

const shown = (html: string) => previewDocument(html, 'n0nce', 'en');

it('moves inline styles into one sheet with the nonce', () => {
  const doc = shown('<p style="color:red">Hi</p>');
  expect(doc).toContain('<style nonce="n0nce">');
  expect(doc).toContain('{color:red}');
  expect(doc).not.toMatch(/<p[^>]*style=/);
});

it('drops what could act', () => {
  const doc = shown('<script>alert(1)</script><form><input></form><iframe src="x"></iframe><p>Hi</p>');
  expect(doc).not.toMatch(/<script|<iframe|<form|<input/);
  expect(doc).toContain('<p>Hi</p>');
});

it('keeps a style from closing its sheet', () => {
  expect(shown('<p style="color:red}</style><b>x</b>">Hi</p>').match(/<\/style>/g)).toHaveLength(1);
});
