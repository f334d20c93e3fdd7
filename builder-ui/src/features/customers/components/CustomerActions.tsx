import { DownOutlined } from '@ant-design/icons';
import { App, Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useCan } from '@/shared/api/session';
import type { CustomerPage } from '@/shared/api/types';
import { useDeletion } from '@/shared/ui/useDeletion';
import type { Action } from './ActionDrawers';

export function CustomerActions({
  page,
  onAction,
}: {
  page: CustomerPage;
  onAction: (action: Action) => void;
}) {
  const { t } = useTranslation();
  const canPay = useCan('payment.write');
  const canWrite = useCan('account.write');
  const canExplain = useCan('role.read');
  const canDelete = useCan('customer.delete');
  const canExport = useCan('customer.export');
  // From whom something is hidden can neither give it out nor erase it.
  const sees = !page.record.masked?.length;
  const askDelete = useAskDelete(page);
  const { hold, stopWish } = page.account;
  const more = [
    { key: hold ? 'liftHold' : 'hold', label: t(hold ? 'customer.liftHold' : 'customer.hold') },
    {
      key: stopWish ? 'liftStop' : 'stop',
      label: t(stopWish ? 'customer.liftStop' : 'customer.stop'),
      danger: !stopWish,
    },
    ...(stopWish && !stopWish.confirmed ? [{ key: 'confirmStop', label: t('customer.confirmStop') }] : []),
    { type: 'divider' as const },
    { key: 'edit', label: t('customer.edit') },
    { key: 'links', label: t('customer.links') },
    ...(canExplain ? [{ key: 'viewers', label: t('customer.viewers') }] : []),
    ...(sees && (canExport || canDelete) ? [{ type: 'divider' as const }] : []),
    ...(sees && canExport ? [{ key: 'giveOut', label: t('customer.giveOut') }] : []),
    ...(sees && canDelete ? [{ key: 'erase', label: t('customer.erase'), danger: true }] : []),
    ...(canDelete ? [{ key: 'delete', label: t('bin.move'), danger: true }] : []),
  ];
  return (
    <div className="page-actions">
      {canWrite && (
        <>
          <Button onClick={() => onAction({ kind: 'call' })}>{t('customer.logCall')}</Button>
          <Button onClick={() => onAction({ kind: 'promise' })}>{t('customer.promise')}</Button>
          <Dropdown
            trigger={['click']}
            menu={{
              items: more,
              onClick: ({ key }) => (key === 'delete' ? askDelete() : onAction({ kind: key } as Action)),
            }}
          >
            <Button>
              {t('action.more')} <DownOutlined />
            </Button>
          </Dropdown>
        </>
      )}
      {canPay && (
        <Button type="primary" onClick={() => onAction({ kind: 'pay' })}>
          {t('payment.record')}
        </Button>
      )}
    </div>
  );
}

/** Asks before a customer goes to the bin; the list of customers follows. */
function useAskDelete({ record }: CustomerPage) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const navigate = useNavigate();
  const { start } = useDeletion('customer');
  const { name } = record.data;
  return () =>
    modal.confirm({
      title: t('bin.moveTitle', { name }),
      content: t('bin.moveText'),
      okText: t('bin.move'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => start(record, name, () => navigate('/customers')),
    });
}
