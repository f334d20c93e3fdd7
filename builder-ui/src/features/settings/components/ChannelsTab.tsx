import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { currencyDigits } from '@/shared/lib/money';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip, type Tone } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import { ErrorState, Lines } from '@/shared/ui/states';
import { type ChannelKind, type ChannelSetting, useChannels } from '../api/channels';
import { useWorkspace } from '../api/settings';
import { ChannelDrawer } from './channels/ChannelDrawer';
import { StopWords } from './channels/StopWords';

const kinds: ChannelKind[] = ['mail', 'phone', 'chat', 'paper', 'machine'];

/** Every way to reach customers: what is set up, how it goes, and a form for each. */
export function ChannelsTab() {
  const { t } = useTranslation();
  const channels = useChannels();
  const [open, setOpen] = useState<string>();
  if (channels.error && !channels.data)
    return <ErrorState error={channels.error} onRetry={() => channels.refetch()} />;
  if (!channels.data) return <Lines rows={8} />;
  const chosen = channels.data.find(({ key }) => key === open);
  return (
    <>
      {kinds.map((kind) => (
        <Section key={kind} title={t(`channels.kind.${kind}`)} className="channel-section">
          <ul className="channel-cards">
            {channels.data
              .filter((channel) => channel.kind === kind)
              .map((channel) => (
                <Card key={channel.key} channel={channel} onOpen={() => setOpen(channel.key)} />
              ))}
          </ul>
        </Section>
      ))}
      <StopWords />
      {chosen && <ChannelDrawer channel={chosen} onClose={() => setOpen(undefined)} />}
    </>
  );
}

/** Set up, not set up, or set up and in trouble. */
function stateOf({ set, problem, figures }: ChannelSetting): [key: string, tone: Tone] {
  if (!set) return ['none', 'neutral'];
  if (problem) return ['broken', 'red'];
  const bad = figures.failed + figures.unknown;
  if (bad > 0 && bad >= figures.sent) return ['failing', 'red'];
  return bad > 0 ? ['trouble', 'amber'] : ['ready', 'green'];
}

function Card({ channel, onOpen }: { channel: ChannelSetting; onOpen: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const currency = useWorkspace().data?.currency;
  const [state, tone] = stateOf(channel);
  const { figures } = channel;
  const counts = (['sent', 'delivered', 'replied', 'waiting', 'bounced', 'failed', 'unknown'] as const)
    .filter((name) => figures[name] > 0)
    .map((name) => t(`channels.count.${name}`, { count: figures[name], n: format.number(figures[name]) }));
  if (figures.cost > 0 && currency)
    counts.push(format.money(Math.round(figures.cost * 10 ** currencyDigits(currency)), currency));
  const title = format.text(channel.title);
  const nothing = Object.keys(channel.schema.properties ?? {}).length === 0;
  return (
    <li className="channel-card">
      <div className="channel-head">
        <h3 className="channel-title">{title}</h3>
        <Chip tone={tone} dot>
          {t(`channels.state.${state}`)}
        </Chip>
      </div>
      <p className="channel-about">{format.text(channel.about)}</p>
      {channel.set && (
        <p className="list-sub num">
          {counts.length > 0 ? `${t('channels.week')} ${counts.join(' · ')}` : t('channels.quiet')}
        </p>
      )}
      {figures.lastError && (
        <p className="flag flag-amber" role="note">
          {t('channels.lastError', { when: format.instant(figures.lastError.at) })}{' '}
          {format.text(figures.lastError.reason?.text) || figures.lastError.detail}
          {figures.lastError.detail && <span className="list-sub"> {figures.lastError.detail}</span>}
        </p>
      )}
      <div className="channel-foot">
        {channel.key === 'sandbox' && <Link to="/inbox">{t('channels.inbox')}</Link>}
        {channel.key === 'letter' && channel.set && <Link to="/letters">{t('channels.queue')}</Link>}
        {!nothing && (
          <Button size="small" onClick={onOpen} aria-label={t('channels.openNamed', { name: title })}>
            {channel.set ? t('channels.change') : t('channels.setUp')}
          </Button>
        )}
      </div>
    </li>
  );
}
