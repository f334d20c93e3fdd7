import { expect, it } from 'vitest';
import { together } from './why';

const entry = (at: string, decision: string, text = 'paid') => ({
  at: `2026-11-02T${at}:00Z`,
  decision,
  reason: { key: text, text: { en: text } },
  sentence: { en: 'Send “Reminder”' },
});

it('puts equal decisions into one line, at the place of the first', () => {
  const lines = together([
    entry('08:00', 'deferred', 'window'),
    entry('08:05', 'skipped'),
    entry('09:00', 'deferred', 'window'),
    entry('09:10', 'deferred', 'budget'),
    entry('08:30', 'deferred', 'window'),
  ]);
  expect(lines.map(({ first, last, count }) => [first.at.slice(11, 16), last.slice(11, 16), count])).toEqual([
    ['08:00', '09:00', 3],
    ['08:05', '08:05', 1],
    ['09:10', '09:10', 1],
  ]);
});

it('keeps apart what reads differently', () => {
  const other = { ...entry('08:00', 'sent'), sentence: { en: 'Another step' } };
  expect(together([entry('08:00', 'sent'), other])).toHaveLength(2);
  expect(together([])).toEqual([]);
});
