import { expect, it } from 'vitest';
import { readable } from './sentence';

it('names fields instead of paths', () => {
  expect(
    readable('Start: 3 days before invoice.dueDate, if tier is not A and open is above 0 at 09:30', 'en'),
  ).toBe('Start: 3 days before the due date, if tier is not A and open amount is above 0 at 09:30');
  expect(readable('开始：invoice.dueDate前3 天，且tier 不为 A且open 大于 0 09:30', 'zh-CN')).toBe(
    '开始：到期日前 3 天，且客户级别不为 A且未收金额大于 0 09:30',
  );
});

it('shows amounts in whole units', () => {
  expect(readable('if tier is A or open is at least 10000000 at 09:00', 'en')).toBe(
    'if tier is A or open amount is at least 100,000 at 09:00',
  );
});

it('leaves plain words alone and names templates', () => {
  expect(readable('Task: Still open: agree on a date', 'en')).toBe('Task: Still open: agree on a date');
  expect(readable('Send “overdue-clear”', 'en', new Map([['overdue-clear', 'Clear reminder']]))).toBe(
    'Send “Clear reminder”',
  );
});
