import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { Policy, RolesAnswer } from '../model/roles';
import type { ApiKey, Member, Role, Workspace } from '../model/settings';

const workspaceKey = ['workspace'] as const;
const usersKey = ['users'] as const;
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
export const useAddMember = () =>
  useWrite(
    [usersKey, keys.names],
    (member: { name: string; email: string; password: string; roles: string[] }) =>
      api.post<Member>('/users', member),
  );
export const useAddKey = () =>
  useWrite([keysKey], (key: { name: string; role: string }) =>
    api.post<ApiKey & { secret: string }>('/keys', key),
  );
export const useRevokeKey = () => useWrite([keysKey], (id: string) => api.delete(`/keys/${id}`));
