import { useTranslation } from 'react-i18next';
import { Chip } from '@/shared/ui/Chip';

/** The channels that a pack uses, in words. */
export function Channels({ channels }: { channels?: string[] | null }) {
  const { t } = useTranslation();
  if (!channels?.length) return null;
  return (
    <ul className="pack-channels" aria-label={t('market.channels')}>
      {channels.map((channel) => (
        <li key={channel}>
          <Chip>
            {channel === 'preferred'
              ? t('market.preferred')
              : t(`channel.${channel}`, { defaultValue: channel })}
          </Chip>
        </li>
      ))}
    </ul>
  );
}
