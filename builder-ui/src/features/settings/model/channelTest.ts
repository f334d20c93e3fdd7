import type { Settings } from '@/shared/ui/SchemaFields';
import type { ChannelSetting } from '../api/channels';

/** Where a test of a channel goes; the ones that need an address of one's own ask for it. */
export type Place = 'mail' | 'number' | 'member' | 'follower' | 'robot' | 'group' | 'address' | 'browser';

const byField: Record<string, Place> = {
  email: 'mail',
  mobile: 'number',
  phone: 'number',
  wecomUserId: 'member',
  wechatOpenId: 'follower',
  groupBot: 'robot',
  push: 'browser',
};

/** A robot with an address of its own posts there; without one, somebody has to name a group's. */
export function placeOf(channel: Pick<ChannelSetting, 'fields' | 'settings'>, values: Settings): Place {
  const place = byField[channel.fields[0] ?? ''] ?? 'address';
  return place === 'robot' && (values.url || channel.settings.url) ? 'group' : place;
}

/** Whether a person says where it goes. */
export const asksWhere = (place: Place) => !['group', 'address', 'browser'].includes(place);

export type Sample = { template?: string; language?: string };

/** The texts a provider knows by its settings; one for all the rest has no name of ours. */
export function samplesOf(values: Settings): Sample[] {
  const rows = Array.isArray(values.templates) ? (values.templates as Sample[]) : [];
  return rows
    .filter((row) => row?.template)
    .map(({ template, language }) => ({
      template: template === '*' ? undefined : template,
      language: language || undefined,
    }));
}
