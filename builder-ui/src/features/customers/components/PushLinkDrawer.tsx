import { CopyOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { App, Button, Drawer, Input } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { ErrorState, Lines } from '@/shared/ui/states';

type Props = { customer: string; name: string; onClose: () => void };

/** The page on which this customer agrees to notices in their browser. */
export default function PushLinkDrawer({ customer, name, onClose }: Props) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const id = useId();
  const link = useQuery({
    queryKey: ['push-link', customer],
    queryFn: () => api.post<{ path: string }>(`/customers/${customer}/push-link`, {}),
    staleTime: 300_000,
  });
  const address = link.data && `${location.origin}${link.data.path}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address ?? '');
      message.success(t('customer.pushCopied'));
    } catch {
      document.getElementById(id)?.focus(); // plain HTTP has no clipboard: the text is selected instead
    }
  };
  return (
    <Drawer open onClose={onClose} title={t('customer.pushLink')} destroyOnHidden>
      <p className="drawer-sub">{t('customer.pushText', { name })}</p>
      {link.error ? (
        <ErrorState error={link.error} onRetry={() => link.refetch()} />
      ) : address ? (
        <div className="channel-line">
          <Input
            id={id}
            readOnly
            className="num"
            value={address}
            aria-label={t('customer.pushLink')}
            onFocus={({ target }) => target.select()}
          />
          <Button icon={<CopyOutlined />} onClick={copy} aria-label={t('customer.pushCopy')} />
        </div>
      ) : (
        <Lines rows={1} />
      )}
    </Drawer>
  );
}
