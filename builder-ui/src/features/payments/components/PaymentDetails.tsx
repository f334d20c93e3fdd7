import { Button, Drawer, Grid } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useUserNames } from '@/shared/api/names';
import { useCan } from '@/shared/api/session';
import type { Payment } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Money } from '@/shared/ui/Money';
import { Fact } from '@/shared/ui/Page';
import { CustomFacts } from '@/shared/ui/record/CustomFacts';
import { DeleteRecord } from '@/shared/ui/record/DeleteRecord';
import { ErrorState, Lines } from '@/shared/ui/states';
import { usePayment } from '../api/payments';
import { ApplyDrawer, EditDrawer, ReverseDrawer } from './PaymentDrawers';
import { StateChips } from './StateChips';

type Props = { id: string; known?: Payment; onClose: () => void };

export default function PaymentDetails({ id, known, onClose }: Props) {
  const { t } = useTranslation();
  const phone = Grid.useBreakpoint().md === false;
  const may = useCan('account.payment');
  const [asked, setAsked] = useState<'apply' | 'reverse' | 'edit'>();
  const payment = usePayment(id, known);
  const data = payment.data;
  const mayEdit = useCan('payment.edit') && !data?.masked?.length;
  const reversed = data?.system.reversed;
  const name = data?.data.reference || t('payments.noReference');
  return (
    <>
      <Drawer
        open
        onClose={onClose}
        size={phone ? '100%' : 440}
        title={t('payments.one')}
        footer={
          data && (
            <div className="drawer-foot">
              {reversed ? (
                <span className="drawer-foot-left">
                  <DeleteRecord form="payment" record={data} name={name} onDone={onClose} />
                </span>
              ) : (
                may && (
                  <span className="drawer-foot-left">
                    <Button danger onClick={() => setAsked('reverse')}>
                      {t('payments.reverse')}
                    </Button>
                  </span>
                )
              )}
              {mayEdit && <Button onClick={() => setAsked('edit')}>{t('action.edit')}</Button>}
              {may && data.system.unapplied > 0 && (
                <Button type="primary" onClick={() => setAsked('apply')}>
                  {t('payments.apply')}
                </Button>
              )}
            </div>
          )
        }
      >
        {data ? (
          <Body payment={data} />
        ) : payment.error ? (
          <ErrorState error={payment.error} onRetry={() => payment.refetch()} onClose={onClose} />
        ) : (
          <Lines rows={6} />
        )}
      </Drawer>
      {data && (
        <>
          <ApplyDrawer payment={data} open={asked === 'apply'} onClose={() => setAsked(undefined)} />
          <EditDrawer payment={data} open={asked === 'edit'} onClose={() => setAsked(undefined)} />
          <ReverseDrawer payment={data} open={asked === 'reverse'} onClose={() => setAsked(undefined)} />
        </>
      )}
    </>
  );
}

function Body({ payment }: { payment: Payment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useUserNames();
  const { data, system, createdAt, by } = payment;
  const who = names.data?.find((user) => user.id === by)?.name;
  return (
    <>
      <div className="detail-amount">
        <span className="detail-label">{t('field.amount')}</span>
        <span className="detail-big num">{format.money(data.amount, data.currency)}</span>
        <StateChips payment={payment} />
      </div>
      <dl className="facts">
        <Fact label={t('customer.one')}>
          <Link to={`/customers/${data.customer}`}>{system.customerName}</Link>
        </Fact>
        <Fact label={t('payment.valueDate')}>{format.date(data.valueDate)}</Fact>
        <Fact label={t('payment.reference')}>{data.reference || t('table.none')}</Fact>
        <Fact label={t('payments.recordedAt')}>
          {format.instant(createdAt)}
          {who && <span className="list-dim"> · {who}</span>}
        </Fact>
        {data.note && <Fact label={t('field.note')}>{data.note}</Fact>}
        <CustomFacts form="payment" data={data} currency={data.currency} />
        {system.allocations?.length > 0 && (
          <Fact label={t('payments.applied')}>
            <ul className="fact-lines">
              {system.allocations.map(({ invoice, number, amount }) => (
                <li key={invoice}>
                  <Link to={`/invoices?invoice=${invoice}`}>{number}</Link>
                  <Money amount={amount} currency={data.currency} />
                </li>
              ))}
            </ul>
          </Fact>
        )}
        {system.unapplied > 0 && (
          <Fact label={t('payments.unapplied')}>
            <Money amount={system.unapplied} currency={data.currency} />
          </Fact>
        )}
      </dl>
    </>
  );
}
