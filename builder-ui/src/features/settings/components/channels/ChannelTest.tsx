import { Alert, Button, Input } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { type ChannelSetting, useTestChannel } from '../../api/channels';

const tones = { sent: 'success', failed: 'error', unknown: 'warning' } as const;

/** Sends a test through the settings as they are stored, and says what the provider said. */
export function ChannelTest({ channel }: { channel: ChannelSetting }) {
  const { t } = useTranslation();
  const format = useFormat();
  const test = useTestChannel();
  const [to, setTo] = useState('');
  const id = useId();
  const send = () => test.mutate({ channel: channel.key, to: to.trim() });
  const result = test.data;
  const failed = test.error && errorText(test.error, t);
  return (
    <section className="channel-box" aria-label={t('channels.test')}>
      <h3 className="fact-title">{t('channels.test')}</h3>
      <label htmlFor={id} className="list-sub">
        {channel.key === 'email' ? t('channels.testToMe') : t('channels.testTo')}
      </label>
      <div className="channel-line">
        <Input
          id={id}
          value={to}
          maxLength={320}
          onChange={({ target }) => setTo(target.value)}
          onPressEnter={(event) => {
            event.preventDefault();
            send();
          }}
        />
        <Button loading={test.isPending} onClick={send}>
          {t('channels.testSend')}
        </Button>
      </div>
      <div role="status">
        {failed && <Alert type="error" showIcon title={failed.title} description={failed.text} />}
        {result && !test.isPending && (
          <Alert
            type={tones[result.status]}
            showIcon
            title={t(`channels.tested.${result.status}`, { to: result.to })}
            description={
              [format.reason(result.reason?.text), result.detail].filter(Boolean).join(' · ') || undefined
            }
          />
        )}
      </div>
    </section>
  );
}
