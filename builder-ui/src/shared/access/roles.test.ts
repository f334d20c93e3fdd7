import { expect, it } from 'vitest';
import { conditionsOf, type Policy, rightsOf, scopeOf, withRight } from './roles';

const policy: Policy = {
  roles: [{ key: 'sales' }, { key: 'finance' }],
  rules: [
    { role: 'sales', object: 'customer', action: 'read', scope: 'own', effect: 'allow' },
    { role: 'sales', object: 'customer', action: 'update', scope: 'own', effect: 'allow' },
    {
      role: 'sales',
      object: 'customer',
      action: 'read',
      scope: { field: 'tier', op: 'eq', value: 'A' },
      effect: 'deny',
    },
    { role: 'finance', object: 'customer', action: 'read', scope: 'all', effect: 'allow' },
  ],
  masks: [],
};

it('gathers rows that differ in the action only', () => {
  expect(rightsOf(policy, 'sales').map(({ actions, effect }) => [actions.join(), effect])).toEqual([
    ['read,update', 'allow'],
    ['read', 'deny'],
  ]);
});

it('puts one right in the place of another and leaves other roles alone', () => {
  const [first] = rightsOf(policy, 'sales');
  const next = withRight(policy, 'sales', first, {
    object: 'customer',
    actions: ['read'],
    scope: 'team',
    effect: 'allow',
  });
  expect(rightsOf(next, 'sales')).toHaveLength(2);
  expect(next.rules.filter(({ role }) => role === 'finance')).toHaveLength(1);
  expect(next.rules.some(({ scope }) => scope === 'own')).toBe(false);
  expect(withRight(policy, 'sales', first, undefined).rules).toHaveLength(2);
});

it('reads simple scopes as a list and leaves others as they are', () => {
  const one = { field: 'tier', op: 'eq', value: 'A' };
  expect(conditionsOf(one)).toEqual([one]);
  expect(conditionsOf({ all: [one, one] })).toHaveLength(2);
  expect(conditionsOf({ any: [one] })).toBeUndefined();
  expect(conditionsOf('own')).toEqual([]);
  expect(scopeOf([one])).toEqual(one);
});
