import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';

const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.tsx?$/.test(path),
);

/** The room a file lives in: "app", "shared" or "features/<x>". */
const roomOf = (path: string) => path.match(/^(app|shared|features\/[^/]+)/)?.[1];

it('imports run one way: app to features to shared, and never between features', () => {
  const wrong: string[] = [];
  for (const path of files) {
    const from = roomOf(path);
    for (const [, target] of readFileSync(join('src', path), 'utf8').matchAll(
      /(?:from|import\()\s*'([^']+)'/g,
    )) {
      if (!target || !/^[.@]\.?\//.test(target)) continue;
      const to = roomOf(target.startsWith('@/') ? target.slice(2) : normalize(join(dirname(path), target)));
      const allowed = from === 'app' || to === from || (from !== 'shared' && to === 'shared');
      if (!allowed) wrong.push(`${path} imports ${target}`);
    }
  }
  expect(wrong).toEqual([]);
});
