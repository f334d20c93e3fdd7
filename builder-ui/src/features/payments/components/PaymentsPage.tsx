import '../texts';
import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import type { Payment } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { currencies } from '@/shared/lib/money';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { BinLink } from '@/shared/ui/BinLink';
import { type Column, DataTable } from '@/shared/ui/DataTable';
import { ExportLink } from '@/shared/ui/ExportLink';
import { FilterBar, Pick, SearchBox } from '@/shared/ui/Filters';
import { Money } from '@/shared/ui/Money';
import { Page } from '@/shared/ui/Page';
import { type Sort, sortParam } from '@/shared/ui/sort';
import { Empty, NoMatch } from '@/shared/ui/states';
import { usePayments } from '../api/payments';
import { paymentFilter, paymentPeriods, paymentStates } from '../model/filter';
import { StateChips } from './StateChips';

const RecordPaymentDrawer = lazy(() =>
  import('@/shared/ui/RecordPaymentDrawer').then((m) => ({ default: m.RecordPaymentDrawer })),
);
const Details = lazy(() => import('./PaymentDetails'));

/** Money that came in: what it was applied to, what is left of it, and what was taken back. */
export default function PaymentsPage() {
  const { t } = useTranslation();
  const params = useParamState();
  const format = useFormat();
  const canPay = useCan('payment.write');
  const [sort, setSort] = useState<Sort>({ field: 'valueDate', descending: true });
  const customer = params.get('customer');
  const filters = {
    state: params.get('state'),
    period: params.get('period'),
    currency: params.get('currency'),
    customer,
  };
  const search = params.get('q') ?? '';
  const query = {
    filter: paymentFilter(filters, format.today),
    search: search || undefined,
    sort: sortParam(sort),
  };
  const pages = usePayments(query);
  const openId = params.get('payment');
  const columns = useColumns((id) => params.set({ payment: id }));
  const ofCustomer = pages.rows[0]?.system.customerName ?? t('payments.ofCustomer');

  return (
    <Page
      title={t('nav.payments')}
      wide
      actions={
        <>
          <BinLink form="payment" />
          <ExportLink form="payment" query={query} />
          {canPay && (
            <>
              <Link to="/import?form=payment">
                <Button>{t('action.import')}</Button>
              </Link>
              <Button type="primary" icon={<PlusOutlined />} onClick={() => params.set({ new: '1' })}>
                {t('payment.record')}
              </Button>
            </>
          )}
        </>
      }
    >
      <FilterBar>
        <SearchBox label={t('payments.search')} value={search} onSearch={(q) => params.set({ q })} />
        <Pick
          label={t('payments.state')}
          value={filters.state}
          onChange={(state) => params.set({ state })}
          options={paymentStates.map((value) => ({ value, label: t(`payments.states.${value}`) }))}
        />
        <Pick
          label={t('payments.period')}
          value={filters.period}
          onChange={(period) => params.set({ period })}
          options={paymentPeriods.map((value) => ({
            value,
            label: t('payments.days', { count: Number(value) }),
          }))}
        />
        <Pick
          label={t('field.currency')}
          value={filters.currency}
          onChange={(currency) => params.set({ currency })}
          options={currencies.map((value) => ({ value, label: value }))}
        />
        {customer && (
          <Pick
            label={t('customer.one')}
            value={customer}
            onChange={(value) => params.set({ customer: value })}
            options={[{ value: customer, label: ofCustomer }]}
          />
        )}
      </FilterBar>
      <DataTable<Payment>
        label={t('nav.payments')}
        columns={columns}
        rows={pages.rows}
        rowKey={({ id }) => id}
        pages={pages}
        sort={sort}
        onSort={setSort}
        onOpen={({ id }) => params.set({ payment: id })}
        empty={
          search || query.filter ? (
            <NoMatch
              onClear={() => params.set({ q: '', state: '', period: '', currency: '', customer: '' })}
            />
          ) : (
            <Empty
              title={t('payments.none')}
              text={t('payments.noneText')}
              action={
                canPay && (
                  <Link to="/import?form=payment">
                    <Button type="primary">{t('action.importFile')}</Button>
                  </Link>
                )
              }
            />
          )
        }
      />
      <Suspense fallback={null}>
        {params.get('new') === '1' && (
          <RecordPaymentDrawer open onClose={() => params.set({ new: undefined })} />
        )}
        {openId && (
          <Details
            key={openId}
            id={openId}
            known={pages.rows.find(({ id }) => id === openId)}
            onClose={() => params.set({ payment: undefined })}
          />
        )}
      </Suspense>
    </Page>
  );
}

function useColumns(open: (id: string) => void): Column<Payment>[] {
  const { t } = useTranslation();
  const format = useFormat();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the handler only sets state
  return useMemo(
    () => [
      {
        key: 'date',
        title: t('payment.valueDate'),
        sort: 'valueDate',
        render: ({ id, data, system }) => (
          <span className="cell-stack">
            <button type="button" className="row-title row-button num" data-row-link onClick={() => open(id)}>
              {format.date(data.valueDate)}
            </button>
            <span className="cell-sub only-phone">{system.customerName}</span>
          </span>
        ),
      },
      {
        key: 'customer',
        title: t('customer.one'),
        hide: 'phone',
        render: ({ data, system }) => (
          <Link className="cell-link" to={`/customers/${data.customer}`}>
            {system.customerName}
          </Link>
        ),
      },
      {
        key: 'reference',
        title: t('payment.reference'),
        sort: 'reference',
        hide: 'medium',
        render: ({ data }) =>
          data.reference ? (
            <span className="num">{data.reference}</span>
          ) : (
            <span className="cell-none">{t('table.none')}</span>
          ),
      },
      {
        key: 'applied',
        title: t('payments.applied'),
        hide: 'narrow',
        render: ({ system }) => {
          const [first, ...more] = system.reversed ? [] : (system.allocations ?? []);
          if (!first) return <span className="cell-none">{t('table.none')}</span>;
          return (
            <span className="num">
              {more.length === 0
                ? first.number
                : t('payments.appliedMore', { number: first.number, count: more.length })}
            </span>
          );
        },
      },
      {
        key: 'state',
        title: t('payments.state'),
        hide: 'phone',
        render: (payment) => <StateChips payment={payment} />,
      },
      {
        key: 'amount',
        title: t('field.amount'),
        align: 'right',
        sort: 'amount',
        render: (payment) => (
          <span className="cell-amounts">
            <Money
              amount={payment.data.amount}
              currency={payment.data.currency}
              tone={payment.system.reversed ? 'quiet' : undefined}
            />
            <span className="only-phone">
              <StateChips payment={payment} />
            </span>
          </span>
        ),
      },
    ],
    [t, format],
  );
}
