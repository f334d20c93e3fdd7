import type { Budget, Text } from '@/shared/api/types';

/** The contract names these resources only; this is the shape the pages read. Unknown members are kept on save. */
export type Workspace = {
  version?: number;
  key: string;
  name: string;
  timezone: string;
  currency: string;
  calendar?: string;
  window?: { from: string; to: string; days?: string };
  budgets?: Budget[];
  channels?: Record<string, unknown>;
};
export type Member = {
  id: string;
  name: string;
  email: string;
  roles: string[];
  disabled?: boolean;
  lastSeenAt?: string;
};
export type ApiKey = {
  id: string;
  name: string;
  prefix?: string;
  role?: string;
  createdAt: string;
  lastUsedAt?: string;
};
export type Role = { key: string; name?: Text | string };
