import { DownOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import type { CustomerPage } from '@/shared/api/types';
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
  const { hold, stopWish } = page.account;
  const more = [
    { key: hold ? 'liftHold' : 'hold', label: t(hold ? 'customer.liftHold' : 'customer.hold') },
    {
      key: stopWish ? 'liftStop' : 'stop',
      label: t(stopWish ? 'customer.liftStop' : 'customer.stop'),
      danger: !stopWish,
    },
    { type: 'divider' as const },
    { key: 'edit', label: t('customer.edit') },
    { key: 'links', label: t('customer.links') },
    ...(canExplain ? [{ key: 'viewers', label: t('customer.viewers') }] : []),
  ];
  return (
    <div className="page-actions">
      {canWrite && (
        <>
          <Button onClick={() => onAction({ kind: 'call' })}>{t('customer.logCall')}</Button>
          <Button onClick={() => onAction({ kind: 'promise' })}>{t('customer.promise')}</Button>
          <Dropdown
            trigger={['click']}
            menu={{ items: more, onClick: ({ key }) => onAction({ kind: key } as Action) }}
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
