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
  /** Answers that mean a wish to stop; none takes the shipped list. */
  stopWords?: string[];
  /** Roles that must sign in with a second factor. */
  totpRoles?: string[];
  portal?: Portal;
};
/** The page that customers open from their messages. */
export type Portal = {
  on: boolean;
  /** How far ahead a day to pay may be named; 0: not offered. */
  promiseDays: number;
  dispute: boolean;
  paid: boolean;
  payUrl?: string;
  payNote?: Record<string, string>;
};
export type Member = {
  id: string;
  name: string;
  email: string;
  roles: string[];
  teams: string[];
  manager?: string;
  disabled?: boolean;
  totp?: boolean;
  /** Belongs to other workspaces too: only roles and teams are ours to change. */
  shared?: boolean;
  version: number;
};
export type Invitation = {
  id: string;
  email: string;
  name?: string;
  roles: string[];
  teams: string[];
  byName?: string;
  expiresAt: string;
  expired: boolean;
};
/** A link that is shown once; `path` stands behind the server's own address. */
export type OnceLink = { path: string; mail: 'sent' | 'failed' | 'none'; expiresAt: string };
export type Provider = {
  enabled: boolean;
  label: string;
  issuer: string;
  clientId: string;
  secret?: string;
  groupClaim?: string;
  groups?: { group: string; roles: string[]; teams?: string[] }[];
  create: boolean;
  roles?: string[];
  version?: number;
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
/** Who gets which task, and when others are told. */
export type TaskRule = {
  name: string;
  when?: Record<string, unknown>;
  to: 'owner' | 'user' | 'team';
  user?: string;
  team?: string;
};
export type TaskSettings = {
  rules: TaskRule[];
  dueDays: number;
  remindDays: number;
  escalateDays: number;
  escalateTo: string;
  version?: number;
};
export type Handover = {
  id: string;
  status: 'running' | 'done';
  accounts: number;
  tasks: number;
  movedAccounts: number;
  movedTasks: number;
  failed: number;
};
