import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, api, setCsrf } from './client';
import { useClock } from './clock';
import { forgetEarly } from './early';
import { keys } from './query';
import type { Permission, Session, Setup } from './types';

/** Takes over a session that was just entered. */
function enter(session: Session): Session {
  forgetEarly();
  return adopt(session);
}

function adopt(session: Session): Session {
  setCsrf(session.csrf);
  useClock.getState().set(session.clock);
  return session;
}

async function fetchSession(): Promise<Session | null> {
  try {
    return adopt(await api.get<Session>('/session'));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return null;
    throw error;
  }
}

export const useSetup = () =>
  useQuery({
    queryKey: keys.setup,
    queryFn: () => api.get<Setup>('/setup'),
    staleTime: Number.POSITIVE_INFINITY,
  });

export const sessionQuery = {
  queryKey: keys.session,
  queryFn: fetchSession,
  staleTime: Number.POSITIVE_INFINITY,
};

export const useSession = () => useQuery(sessionQuery);

/** The signed-in session; only for components below the sign-in gate. */
export function useMe(): Session {
  const { data } = useSession();
  if (!data) throw new Error('useMe needs a session');
  return data;
}

export const useCan = (permission: Permission): boolean => useMe().can[permission] === true;

/** Signing in as somebody else must not show what the one before could see: the cache starts empty. */
export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (how: { email: string; password?: string; code?: string; demo?: boolean }) => {
      const { demo, ...body } = how;
      return enter(await api.post<Session>(demo ? '/session/demo' : '/session', body));
    },
    onSuccess: (session) => {
      client.removeQueries({
        predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'setup',
      });
      client.setQueryData(keys.session, session);
    },
  });
}

/** Another way in that answers with a session, such as an accepted invitation. */
export function useEnter(path: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: unknown) => enter(await api.post<Session>(path, body)),
    onSuccess: (session) => client.setQueryData(keys.session, session),
  });
}

/** Looks with a person's or role's eyes, or with one's own again; nothing that was seen before stays. */
export function useViewAs() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (as: { user?: string; role?: string } | undefined) =>
      enter(as ? await api.post<Session>('/session/as', as) : await api.delete<Session>('/session/as')),
    onSuccess: (session) => {
      client.setQueryData(keys.session, session);
      client.resetQueries({
        predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'setup',
      });
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => api.delete('/session'),
    onSettled: () => {
      client.removeQueries({
        predicate: ({ queryKey }) => queryKey[0] !== 'session' && queryKey[0] !== 'setup',
      });
      client.setQueryData(keys.session, null);
    },
  });
}

export function usePatchSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (change: { language?: string; workspace?: string }) =>
      enter(await api.patch<Session>('/session', change)),
    onSuccess: (session, change) => {
      client.setQueryData(keys.session, session);
      if (change.workspace) client.invalidateQueries();
    },
  });
}

export function useFinishSetup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: unknown) => enter(await api.post<Session>('/setup', body)),
    onSuccess: (session) => {
      client.setQueryData(keys.session, session);
      client.setQueryData<Setup>(keys.setup, (setup) => setup && { ...setup, needed: false });
    },
  });
}
