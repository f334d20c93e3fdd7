import { CopyOutlined } from '@ant-design/icons';
import { App, Button, Input } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/shared/ui/IconButton';
import { errorText } from '@/shared/ui/states';
import { type ChannelSetting, useRenewHook } from '../../api/channels';

/** Where the provider tells what became of messages. The address is a secret of its own. */
export function ChannelHook({ channel }: { channel: ChannelSetting }) {
  const { t } = useTranslation();
  const { modal, message } = App.useApp();
  const renew = useRenewHook();
  const id = useId();
  const address = `${location.origin}${channel.hook}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      message.success(t('channels.copied'));
    } catch {
      document.getElementById(id)?.focus(); // plain HTTP has no clipboard: the text is selected instead
    }
  };
  const ask = () =>
    modal.confirm({
      title: t('channels.renewTitle'),
      content: t('channels.renewText'),
      okText: t('channels.renew'),
      cancelText: t('action.cancel'),
      icon: null,
      onOk: () => renew.mutateAsync(channel).catch((error) => message.error(errorText(error, t).text)),
    });
  return (
    <section className="channel-box" aria-label={t('channels.hook')}>
      <h3 className="fact-title">{t('channels.hook')}</h3>
      <label htmlFor={id} className="list-sub">
        {t(channel.key === 'email' ? 'channels.hookMail' : 'channels.hookText')}{' '}
        {channel.inbound.map((kind) => t(`channels.inbound.${kind}`)).join(' · ')}
      </label>
      <div className="channel-line">
        <Input id={id} readOnly className="num" value={address} onFocus={({ target }) => target.select()} />
        <IconButton icon={<CopyOutlined />} onClick={copy} label={t('channels.copy')} />
      </div>
      <Button size="small" type="link" className="channel-quiet" onClick={ask}>
        {t('channels.renew')}
      </Button>
    </section>
  );
}
