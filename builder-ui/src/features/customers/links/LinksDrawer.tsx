import './texts';
import { CopyOutlined } from '@ant-design/icons';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Drawer, Input, Popconfirm } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '@/shared/api/client';
import { IconButton } from '@/shared/ui/IconButton';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';

type Props = { customer: string; name: string; onClose: () => void };
type PageLink = { path: string; on: boolean };

/** The addresses that are this customer's own: their page, and notices in their browser. */
export default function LinksDrawer({ customer, name, onClose }: Props) {
  const { t } = useTranslation();
  const page = useQuery({
    queryKey: ['page-link', customer],
    queryFn: () => api.post<PageLink>(`/customers/${customer}/page-link`, {}),
    staleTime: 300_000,
  });
  const push = useQuery({
    queryKey: ['push-link', customer],
    queryFn: () => api.post<{ path: string }>(`/customers/${customer}/push-link`, {}),
    staleTime: 300_000,
  });
  return (
    <Drawer open onClose={onClose} title={t('customer.links')} destroyOnHidden>
      <p className="drawer-sub">{t('links.text', { name })}</p>
      <h3 className="settings-gap">{t('links.page')}</h3>
      <p className="list-sub">{t('links.pageText')}</p>
      {page.error ? (
        <ErrorState error={page.error} onRetry={() => page.refetch()} />
      ) : page.data ? (
        page.data.on ? (
          <>
            <Address path={page.data.path} label={t('links.page')} />
            <PageButtons customer={customer} path={page.data.path} />
          </>
        ) : (
          <p>
            {t('links.off')} <Link to="/settings/portal">{t('links.settings')}</Link>
          </p>
        )
      ) : (
        <Lines rows={1} />
      )}
      <h3 className="settings-gap">{t('links.push')}</h3>
      <p className="list-sub">{t('links.pushText')}</p>
      {push.error ? (
        <ErrorState error={push.error} onRetry={() => push.refetch()} />
      ) : push.data ? (
        <Address path={push.data.path} label={t('links.push')} />
      ) : (
        <Lines rows={1} />
      )}
    </Drawer>
  );
}

function Address({ path, label }: { path: string; label: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const id = useId();
  const address = `${location.origin}${path}`;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(address);
      message.success(t('links.copied'));
    } catch {
      document.getElementById(id)?.focus(); // plain HTTP has no clipboard: the text is selected instead
    }
  };
  return (
    <div className="channel-line">
      <Input
        id={id}
        readOnly
        className="num"
        value={address}
        aria-label={label}
        onFocus={({ target }) => target.select()}
      />
      <IconButton icon={<CopyOutlined />} onClick={copy} label={`${t('links.copy')}: ${label}`} />
    </div>
  );
}

function PageButtons({ customer, path }: { customer: string; path: string }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const queries = useQueryClient();
  const renew = useMutation({
    mutationFn: () => api.post<PageLink>(`/customers/${customer}/page-link`, { renew: true }),
    onSuccess: (next) => {
      queries.setQueryData(['page-link', customer], next);
      message.success(t('links.renewed'));
    },
    onError: (cause) => message.error(errorText(cause, t).text),
  });
  return (
    <div className="channel-line settings-gap">
      <Button href={path} target="_blank" rel="noreferrer">
        {t('links.open')}
      </Button>
      <Popconfirm
        title={t('links.renew')}
        description={t('links.renewText')}
        okText={t('links.renew')}
        cancelText={t('action.cancel')}
        onConfirm={() => renew.mutate()}
      >
        <Button loading={renew.isPending}>{t('links.renew')}</Button>
      </Popconfirm>
    </div>
  );
}
