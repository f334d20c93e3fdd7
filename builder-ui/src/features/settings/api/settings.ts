import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Policy, RolesAnswer } from '@/shared/access/roles';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type {
  ApiKey,
  Handover,
  Invitation,
  Member,
  OnceLink,
  Provider,
  Role,
  TaskSettings,
  Workspace,
} from '../model/settings';

const workspaceKey = ['workspace'] as const;
const usersKey = ['users'] as const;
const invitesKey = ['invitations'] as const;
const keysKey = ['keys'] as const;

export const useWorkspace = () =>
  useQuery({ queryKey: workspaceKey, queryFn: () => api.get<Workspace>('/workspace') });
export const useMembers = () =>
  useQuery({
    queryKey: usersKey,
    queryFn: () => api.get<{ items: Member[] }>('/users'),
    select: ({ items }) => items,
  });
export const useApiKeys = () =>
  useQuery({
    queryKey: keysKey,
    queryFn: () => api.get<{ items: ApiKey[] }>('/keys'),
    select: ({ items }) => items,
  });
export const useRoles = () =>
  useQuery({
    queryKey: ['roles'],
    queryFn: () => api.get<{ items: Role[] }>('/roles'),
    select: ({ items }) => items,
    staleTime: 300_000,
  });

export const usePolicy = () =>
  useQuery({ queryKey: ['roles', 'policy'], queryFn: () => api.get<RolesAnswer>('/roles') });

function useWrite<V, R>(stale: readonly (readonly unknown[])[], mutationFn: (values: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSuccess: () => {
      for (const queryKey of stale) client.invalidateQueries({ queryKey });
    },
  });
}

export const useSaveWorkspace = () =>
  useWrite([workspaceKey, keys.session, keys.today, ['customer']], (workspace: Workspace) =>
    api.put<Workspace>('/workspace', workspace, workspace.version),
  );
export const useSavePolicy = () =>
  useWrite([['roles'], keys.session], ({ policy, version }: { policy: Policy; version: number }) =>
    api.put<RolesAnswer>('/roles', policy, version),
  );
export const useInvitations = () =>
  useQuery({
    queryKey: invitesKey,
    queryFn: () => api.get<{ items: Invitation[] }>('/invitations'),
    select: ({ items }) => items,
  });
type Invited = { invitation: Invitation; link: OnceLink };
export const useInvite = () =>
  useWrite([invitesKey], (whom: { email: string; name?: string; roles: string[]; teams: string[] }) =>
    api.post<Invited>('/invitations', whom),
  );
export const useReinvite = () =>
  useWrite([invitesKey], (id: string) => api.post<Invited>(`/invitations/${id}/resend`));
export const useRevokeInvitation = () =>
  useWrite([invitesKey], (id: string) => api.delete(`/invitations/${id}`));
export const useChangeMember = () =>
  useWrite(
    [usersKey, keys.names],
    ({ id, version, ...change }: { id: string; version: number } & Partial<Member> & { leave?: boolean }) =>
      api.put<Member>(`/users/${id}`, change, version),
  );
export const useGiveReset = () => useWrite([], (id: string) => api.post<OnceLink>(`/users/${id}/reset`));
export const useResetTotp = () => useWrite([usersKey], (id: string) => api.delete(`/users/${id}/totp`));
const taskSettingsKey = ['task-settings'] as const;
export const useTaskSettings = () =>
  useQuery({ queryKey: taskSettingsKey, queryFn: () => api.get<TaskSettings>('/tasks/settings') });
export const useSaveTaskSettings = () =>
  useWrite([taskSettingsKey], ({ version = 0, ...settings }: TaskSettings) =>
    api.put<TaskSettings>('/tasks/settings', settings, version),
  );
export const useHandoverPlan = (id: string) =>
  useQuery({
    queryKey: ['handover-plan', id],
    queryFn: () => api.get<{ accounts: number; tasks: number }>(`/users/${id}/handover`),
    staleTime: 0,
  });
export const useHandOver = () =>
  useWrite([['handover-plan']], ({ from, to }: { from: string; to: string }) =>
    api.post<Handover>(`/users/${from}/handover`, { to }),
  );
export const useHandover = (id: string | undefined) =>
  useQuery({
    queryKey: ['handover', id],
    queryFn: () => api.get<Handover>(`/handovers/${id}`),
    enabled: id !== undefined,
    refetchInterval: ({ state }) => (state.data?.status === 'done' ? false : 1000),
  });
const providerKey = ['provider'] as const;
export const useProvider = () =>
  useQuery({ queryKey: providerKey, queryFn: () => api.get<Provider>('/workspace/oidc') });
export const useSaveProvider = () =>
  useWrite([providerKey, keys.setup], (provider: Provider) =>
    api.put<Provider>('/workspace/oidc', provider, provider.version ?? 0),
  );
export const useAddKey = () =>
  useWrite([keysKey], (key: { name: string; role: string }) =>
    api.post<ApiKey & { secret: string }>('/keys', key),
  );
export const useRevokeKey = () => useWrite([keysKey], (id: string) => api.delete(`/keys/${id}`));
