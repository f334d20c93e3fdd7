export type Condition = { field: string; op: string; value: unknown };
export type Scope = 'all' | 'own' | 'team' | Condition | { all: Condition[] } | Record<string, unknown>;
export type Rule = { role: string; object: string; action: string; scope: Scope; effect: 'allow' | 'deny' };
export type Policy = {
  roles: { key: string; name?: string }[];
  rules: Rule[];
  masks: { role: string; access: string }[];
};
export type RolesAnswer = {
  version: number;
  items: { key: string; name: string }[];
  policy: Policy;
  objects: string[];
  actions: string[];
  commands: string[];
};

/** Rows of one role that differ in the action only, as people think of them: what may be done with what, for whom. */
export type Right = {
  object: string;
  actions: string[];
  scope: Scope;
  effect: Rule['effect'];
};

const sameScope = (a: Scope, b: Scope) => JSON.stringify(a) === JSON.stringify(b);

export function rightsOf(policy: Policy, role: string): Right[] {
  const rights: Right[] = [];
  for (const rule of policy.rules) {
    if (rule.role !== role) continue;
    const same = rights.find(
      (right) =>
        right.object === rule.object && right.effect === rule.effect && sameScope(right.scope, rule.scope),
    );
    if (same) same.actions.push(rule.action);
    else rights.push({ object: rule.object, actions: [rule.action], scope: rule.scope, effect: rule.effect });
  }
  return rights;
}

/** The policy with one right of a role put in the place of another; undefined adds or removes one. */
export function withRight(
  policy: Policy,
  role: string,
  was: Right | undefined,
  next: Right | undefined,
): Policy {
  const gone = (rule: Rule) =>
    was !== undefined &&
    rule.role === role &&
    rule.object === was.object &&
    rule.effect === was.effect &&
    was.actions.includes(rule.action) &&
    sameScope(rule.scope, was.scope);
  const rules = policy.rules.filter((rule) => !gone(rule));
  for (const action of next?.actions ?? [])
    if (next) rules.push({ role, object: next.object, action, scope: next.scope, effect: next.effect });
  return { ...policy, rules };
}

/** The conditions of a scope as a flat list; undefined when it is more than that. */
export function conditionsOf(scope: Scope): Condition[] | undefined {
  if (typeof scope === 'string') return [];
  const list = 'all' in scope ? (scope.all as Condition[]) : [scope as Condition];
  return list.every((one) => typeof one.field === 'string' && typeof one.op === 'string') ? list : undefined;
}

export const scopeOf = (list: Condition[]): Scope => (list.length === 1 && list[0] ? list[0] : { all: list });

/** Objects that belong to the workspace as a whole: their rows hold for all accounts. */
export const wide = new Set([
  'flow',
  'form',
  'template',
  'pack',
  'workspace',
  'user',
  'role',
  'key',
  'audit',
  '*',
]);
