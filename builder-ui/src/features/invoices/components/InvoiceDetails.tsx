import { Button, Drawer, Grid } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useInvoice } from '@/shared/api/records';
import { useCan } from '@/shared/api/session';
import type { Invoice } from '@/shared/api/types';
import { isOpen } from '@/shared/lib/ageing';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { AgeChip, StatusChip } from '@/shared/ui/Chip';
import { Money } from '@/shared/ui/Money';
import { Fact } from '@/shared/ui/Page';
import { CustomFacts } from '@/shared/ui/record/CustomFacts';
import { DeleteRecord } from '@/shared/ui/record/DeleteRecord';
import { ErrorState, Lines } from '@/shared/ui/states';

const InvoiceDrawer = lazy(() =>
  import('@/shared/ui/InvoiceDrawer').then((m) => ({ default: m.InvoiceDrawer })),
);

type Props = { id: string; known?: Invoice; onClose: () => void; onPay?: (invoice: Invoice) => void };

export default function InvoiceDetails({ id, known, onClose, onPay }: Props) {
  const { t } = useTranslation();
  const phone = Grid.useBreakpoint().md === false;
  const [correcting, setCorrecting] = useState(false);
  const invoice = useInvoice(id, known);
  const data = invoice.data;
  const canCorrect = useCan('invoice.write') && data && isOpen(data.system.status) && !data.masked?.length;
  const canPay = onPay && data && data.system.open > 0;
  return (
    <>
      <Drawer
        open
        onClose={onClose}
        size={phone ? '100%' : 440}
        title={data ? t('invoice.titled', { number: data.data.number }) : t('invoice.one')}
        footer={
          data &&
          (data.system.status === 'cancelled' || canPay || canCorrect) && (
            <div className="drawer-foot">
              {data.system.status === 'cancelled' && (
                <span className="drawer-foot-left">
                  <DeleteRecord form="invoice" record={data} name={data.data.number} onDone={onClose} />
                </span>
              )}
              {canCorrect && <Button onClick={() => setCorrecting(true)}>{t('invoice.correct')}</Button>}
              {canPay && (
                <Button type="primary" onClick={() => onPay(data)}>
                  {t('payment.record')}
                </Button>
              )}
            </div>
          )
        }
      >
        {data ? (
          <Body invoice={data} />
        ) : invoice.error ? (
          <ErrorState error={invoice.error} onRetry={() => invoice.refetch()} onClose={onClose} />
        ) : (
          <Lines rows={6} />
        )}
      </Drawer>
      {canCorrect && (
        <Suspense fallback={null}>
          <InvoiceDrawer invoice={data} open={correcting} onClose={() => setCorrecting(false)} />
        </Suspense>
      )}
    </>
  );
}

function Body({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { data, system } = invoice;
  const { currency } = data;
  return (
    <>
      <div className="detail-amount">
        <span className="detail-label">{t('invoice.open')}</span>
        <span className="detail-big num">{format.money(system.open, currency)}</span>
        <span className="cell-chips">
          <StatusChip kind="invoice" status={system.status} />
          {isOpen(system.status) && <AgeChip dpd={system.dpd} />}
        </span>
      </div>
      <dl className="facts">
        <Fact label={t('customer.one')}>
          <Link to={`/customers/${data.customer}`}>{system.customerName}</Link>
        </Fact>
        <Fact label={t('field.amount')}>
          <Money amount={data.amount} currency={currency} />
        </Fact>
        <Fact label={t('invoice.collectable')}>
          <Money amount={system.collectable} currency={currency} />
        </Fact>
        {system.disputed > 0 && (
          <Fact label={t('balance.disputed')}>
            <Money amount={system.disputed} currency={currency} />
          </Fact>
        )}
        {system.promised > 0 && (
          <Fact label={t('balance.promised')}>
            <Money amount={system.promised} currency={currency} />
          </Fact>
        )}
        <Fact label={t('invoice.issueDate')}>{format.date(data.issueDate)}</Fact>
        <Fact label={t('invoice.dueDate')}>{format.date(data.dueDate)}</Fact>
        {data.instalments?.map(({ due, amount }) => (
          <Fact key={due} label={t('invoice.instalment', { date: format.date(due) })}>
            <Money amount={amount} currency={currency} />
          </Fact>
        ))}
        {data.note && <Fact label={t('field.note')}>{data.note}</Fact>}
        <CustomFacts form="invoice" data={data} currency={currency} />
      </dl>
    </>
  );
}
