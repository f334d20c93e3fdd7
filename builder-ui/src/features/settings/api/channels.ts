import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api } from '@/shared/api/client';
import type { Problem, Reason, Text } from '@/shared/api/types';
import { agreeForTest } from '@/shared/lib/noticeBrowser';
import type { SettingSchema, Settings } from '@/shared/ui/SchemaFields';

export type ChannelKind = 'mail' | 'phone' | 'chat' | 'paper' | 'machine';
export type ChannelSetting = {
  key: string;
  title: Text;
  about: Text;
  kind: ChannelKind;
  schema: SettingSchema;
  rate: number;
  person: boolean;
  templates: boolean;
  fields: string[];
  inbound: string[];
  hook?: string;
  set: boolean;
  problem?: Problem;
  settings: Settings;
  version: number;
  figures: Record<
    'sent' | 'failed' | 'unknown' | 'waiting' | 'delivered' | 'bounced' | 'replied' | 'cost',
    number
  > & { lastError?: { at: string; reason?: Reason; detail?: string; status: string } };
};
export type TestResult = {
  status: 'sent' | 'failed' | 'unknown';
  to: string;
  reason?: Reason;
  detail?: string;
};

/** Where a test goes and what it says; `key` is the one with which this browser takes a notice. */
type TestCall = { channel: string; to?: string; template?: string; language?: string; key?: string };

const key = ['channel-settings'] as const;

export const useChannels = () =>
  useQuery({
    queryKey: key,
    queryFn: () => api.get<{ items: ChannelSetting[] }>('/channel-settings'),
    select: ({ items }) => items,
  });

function useChange<V, R>(change: (values: V) => Promise<R>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: change,
    // After a refusal too: somebody else may have changed the settings, and the next try starts from theirs.
    onSettled: () => {
      for (const queryKey of [key, ['workspace'], ['channels']]) client.invalidateQueries({ queryKey });
    },
  });
}

export const useSaveChannel = () =>
  useChange(({ channel, settings }: { channel: ChannelSetting; settings: Settings }) =>
    api.put<ChannelSetting>(`/channel-settings/${channel.key}`, settings, channel.version),
  );
export const useDropChannel = () =>
  useChange((channel: ChannelSetting) => api.delete(`/channel-settings/${channel.key}`, channel.version));
export const useRenewHook = () =>
  useChange((channel: ChannelSetting) => api.post<{ path: string }>(`/channel-settings/${channel.key}/hook`));
export const useTestChannel = () =>
  useMutation({
    mutationFn: ({ channel, key, ...where }: TestCall) =>
      // A browser agrees when it is needed, and with the key that is stored by then.
      (key ? agreeForTest(key) : Promise.resolve(undefined)).then((browser) =>
        api.post<TestResult>(`/channel-settings/${channel}/test`, { ...where, browser }),
      ),
  });
export const newPushKeys = () =>
  api.post<{ publicKey: string; privateKey: string }>('/channel-settings/push/keys', {});
