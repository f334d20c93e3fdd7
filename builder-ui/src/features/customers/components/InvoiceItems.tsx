import { MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown, type MenuProps } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import type { AccountItem } from '@/shared/api/types';
import { isOpen } from '@/shared/lib/ageing';
import { useFormat } from '@/shared/lib/useFormat';
import { AgeChip, Chip, StatusChip } from '@/shared/ui/Chip';
import { DisputeNote } from '@/shared/ui/Dispute';
import { IconButton } from '@/shared/ui/IconButton';
import { Money } from '@/shared/ui/Money';
import { Section } from '@/shared/ui/Page';
import { Empty } from '@/shared/ui/states';
import { splitItems } from '../model/customer';
import type { Action } from './ActionDrawers';

type Props = { items: AccountItem[]; onAction: (action: Action) => void };

export function InvoiceItems({ items, onAction }: Props) {
  const { t } = useTranslation();
  const [closedShown, setClosedShown] = useState(false);
  const canInvoice = useCan('invoice.write');
  const { open, closed } = splitItems(items);
  const rows = closedShown ? [...open, ...closed] : open;
  return (
    <Section
      title={t('invoice.openTitle')}
      count={open.length}
      extra={
        <>
          {closed.length > 0 && (
            <Button
              size="small"
              type="text"
              aria-pressed={closedShown}
              onClick={() => setClosedShown(!closedShown)}
            >
              {t(closedShown ? 'invoice.hideClosed' : 'invoice.showClosed', { count: closed.length })}
            </Button>
          )}
          {canInvoice && (
            <Button size="small" onClick={() => onAction({ kind: 'invoice' })}>
              {t('invoice.create')}
            </Button>
          )}
        </>
      }
    >
      {rows.length === 0 ? (
        <Empty small title={t('invoice.noneOpen')} text={t('invoice.noneOpenText')} />
      ) : (
        <div className="table-scroll">
          <table className="table table-plain">
            <caption className="sr-only">{t('invoice.openTitle')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('invoice.number')}</th>
                <th scope="col">{t('invoice.dueDate')}</th>
                <th scope="col" className="cell-right hide-phone">
                  {t('field.amount')}
                </th>
                <th scope="col" className="cell-right">
                  {t('invoice.open')}
                </th>
                <th scope="col" className="cell-actions">
                  <span className="sr-only">{t('table.actions')}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((item) => (
                <ItemRow key={item.invoice} item={item} onAction={onAction} />
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Section>
  );
}

function ItemRow({ item, onAction }: { item: AccountItem; onAction: Props['onAction'] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const alive = isOpen(item.status);
  return (
    <tr className={alive ? undefined : 'row-quiet'}>
      <td>
        <span className="cell-stack">
          <span className="row-title num">{item.number}</span>
          <span className="cell-chips">
            {item.status !== 'open' && <StatusChip kind="invoice" status={item.status} />}
            {item.disputed > 0 && (
              <Chip tone="violet">
                {t('invoice.disputedPart', { amount: format.money(item.disputed, item.currency) })}
              </Chip>
            )}
            {item.disputes?.map((dispute) => (
              <DisputeNote key={dispute.id} dispute={dispute} />
            ))}
            {item.promised > 0 && (
              <Chip tone="blue">
                {t('invoice.promisedPart', { amount: format.money(item.promised, item.currency) })}
              </Chip>
            )}
            {item.held && <Chip tone="amber">{t('invoice.held')}</Chip>}
          </span>
        </span>
      </td>
      <td>
        <span className="cell-stack">
          <span className="num cell-whole">{format.date(item.dueDate)}</span>
          {alive && (
            <span className="cell-chips">
              <AgeChip dpd={item.dpd} />
            </span>
          )}
        </span>
      </td>
      <td className="cell-right hide-phone">
        <Money amount={item.amount} currency={item.currency} tone="quiet" />
      </td>
      <td className="cell-right">
        <Money amount={item.open} currency={item.currency} />
      </td>
      <td className="cell-actions">{alive && <ItemMenu item={item} onAction={onAction} />}</td>
    </tr>
  );
}

function ItemMenu({ item, onAction }: { item: AccountItem; onAction: Props['onAction'] }) {
  const { t } = useTranslation();
  const canPay = useCan('payment.write');
  const canAccount = useCan('account.write');
  const canInvoice = useCan('invoice.write');
  const disputes = item.disputes ?? [];
  const entries: MenuProps['items'] = [
    canPay && { key: 'pay', label: t('payment.record') },
    canAccount && { key: 'promise', label: t('customer.promise') },
    canAccount && { key: 'dispute', label: t('invoice.dispute') },
    ...(canAccount
      ? disputes.flatMap(({ id }) => [
          { key: `assign:${id}`, label: t('dispute.assign') },
          { key: `close:${id}`, label: t('invoice.closeDispute') },
        ])
      : []),
    canAccount && {
      key: item.held ? 'liftHold' : 'hold',
      label: t(item.held ? 'invoice.liftHold' : 'invoice.hold'),
    },
    canInvoice && { type: 'divider' as const },
    canInvoice && { key: 'correct', label: t('invoice.correct') },
    canInvoice && { key: 'credit', label: t('invoice.credit') },
    canInvoice && { key: 'writeOff', label: t('invoice.writeOff'), danger: true },
    canInvoice && { key: 'cancel', label: t('invoice.cancel'), danger: true },
  ].filter((entry) => entry !== false);
  const pick = (key: string) => {
    if (key.startsWith('assign:')) onAction({ kind: 'assignDispute', item, dispute: key.slice(7) });
    else if (key.startsWith('close:')) onAction({ kind: 'closeDispute', item, dispute: key.slice(6) });
    else onAction({ kind: key, item } as Action);
  };
  if (entries.length === 0) return null;
  return (
    <Dropdown
      trigger={['click']}
      menu={{ items: entries, onClick: ({ key }) => pick(key) }}
      placement="bottomRight"
    >
      <IconButton
        size="small"
        type="text"
        icon={<MoreOutlined />}
        label={t('invoice.actionsFor', { number: item.number })}
      />
    </Dropdown>
  );
}
