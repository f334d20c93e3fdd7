import { PlusOutlined, WalletOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import type { Invoice } from '@/shared/api/types';
import { bucketKeys, isOpen } from '@/shared/lib/ageing';
import { lazy } from '@/shared/lib/lazy';
import { currencies } from '@/shared/lib/money';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { BinLink } from '@/shared/ui/BinLink';
import { AgeChip, Chip, StatusChip } from '@/shared/ui/Chip';
import { type Column, DataTable } from '@/shared/ui/DataTable';
import { ExportLink } from '@/shared/ui/ExportLink';
import { FilterBar, Pick, SearchBox } from '@/shared/ui/Filters';
import { Money } from '@/shared/ui/Money';
import { Page } from '@/shared/ui/Page';
import { type Sort, sortParam } from '@/shared/ui/sort';
import { Empty, NoMatch } from '@/shared/ui/states';
import { useInvoices } from '../api/invoices';
import { invoiceFilter } from '../model/filter';

const InvoiceDrawer = lazy(() =>
  import('@/shared/ui/InvoiceDrawer').then((m) => ({ default: m.InvoiceDrawer })),
);
const RecordPaymentDrawer = lazy(() =>
  import('@/shared/ui/RecordPaymentDrawer').then((m) => ({ default: m.RecordPaymentDrawer })),
);
const Details = lazy(() => import('./InvoiceDetails'));

const statuses = ['unpaid', 'open', 'partPaid', 'paid', 'cancelled', 'writtenOff'];

export default function InvoicesPage() {
  const { t } = useTranslation();
  const params = useParamState();
  const canInvoice = useCan('invoice.write');
  const canPay = useCan('payment.write');
  const canAge = useCan('insight.read');
  const [sort, setSort] = useState<Sort>({ field: 'dueDate', descending: false });
  const [paying, setPaying] = useState<Invoice>();
  const [payOpen, setPayOpen] = useState(false);
  const status = params.get('status') ?? 'unpaid';
  const filters = {
    status: status === 'all' ? undefined : status,
    bucket: params.get('age'),
    currency: params.get('currency'),
  };
  const search = params.get('q') ?? '';
  const query = {
    filter: invoiceFilter(filters),
    search: search || undefined,
    sort: sortParam(sort),
  };
  const pages = useInvoices(query);
  const openId = params.get('invoice');
  const selected = pages.rows.find(({ id }) => id === openId);

  const pay = (invoice: Invoice) => {
    setPaying(invoice);
    setPayOpen(true);
  };
  const columns = useColumns((id) => params.set({ invoice: id }), canPay ? pay : undefined);
  const filtered = Boolean(search || filters.bucket || filters.currency || params.get('status'));

  return (
    <Page
      title={t('nav.invoices')}
      wide
      actions={
        <>
          <BinLink form="invoice" />
          {canAge && (
            <Link to="/ageing">
              <Button>{t('nav.ageing')}</Button>
            </Link>
          )}
          <ExportLink form="invoice" query={query} />
          {canInvoice && (
            <>
              <Link to="/import?form=invoice">
                <Button>{t('action.import')}</Button>
              </Link>
              <Button type="primary" icon={<PlusOutlined />} onClick={() => params.set({ new: '1' })}>
                {t('invoice.create')}
              </Button>
            </>
          )}
        </>
      }
    >
      <FilterBar>
        <SearchBox label={t('invoice.search')} value={search} onSearch={(q) => params.set({ q })} />
        <Pick
          label={t('field.status')}
          value={status === 'all' ? undefined : status}
          onChange={(value) => params.set({ status: value ?? 'all' })}
          options={statuses.map((value) => ({ value, label: t(`status.invoice.${value}`) }))}
        />
        <Pick
          label={t('invoice.age')}
          value={filters.bucket}
          onChange={(age) => params.set({ age })}
          options={bucketKeys.map((value) => ({ value, label: t(`bucket.${value}`) }))}
        />
        <Pick
          label={t('field.currency')}
          value={filters.currency}
          onChange={(currency) => params.set({ currency })}
          options={currencies.map((value) => ({ value, label: value }))}
        />
      </FilterBar>
      <DataTable<Invoice>
        label={t('nav.invoices')}
        columns={columns}
        rows={pages.rows}
        rowKey={({ id }) => id}
        pages={pages}
        sort={sort}
        onSort={setSort}
        onOpen={({ id }) => params.set({ invoice: id })}
        empty={
          filtered ? (
            <NoMatch onClear={() => params.set({ q: '', status: '', age: '', currency: '' })} />
          ) : (
            <Empty
              title={t('invoice.none')}
              text={t('invoice.noneText')}
              action={
                canInvoice && (
                  <span className="state-actions">
                    <Link to="/import?form=invoice">
                      <Button type="primary">{t('action.importFile')}</Button>
                    </Link>
                    <Button onClick={() => params.set({ new: '1' })}>{t('invoice.create')}</Button>
                  </span>
                )
              }
            />
          )
        }
      />
      <Suspense fallback={null}>
        {params.get('new') === '1' && <InvoiceDrawer open onClose={() => params.set({ new: undefined })} />}
        {openId && (
          <Details
            id={openId}
            known={selected}
            onClose={() => params.set({ invoice: undefined })}
            onPay={canPay ? pay : undefined}
          />
        )}
        {paying && (
          <RecordPaymentDrawer
            open={payOpen}
            onClose={() => setPayOpen(false)}
            customer={{ id: paying.data.customer, name: paying.system.customerName }}
            invoices={[payable(paying)]}
            preset={[payable(paying)]}
          />
        )}
      </Suspense>
    </Page>
  );
}

const payable = ({ id, data, system }: Invoice) => ({
  id,
  number: data.number,
  open: system.open,
  currency: data.currency,
});

function useColumns(open: (id: string) => void, pay?: (invoice: Invoice) => void): Column<Invoice>[] {
  const { t } = useTranslation();
  const format = useFormat();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the handlers only set state
  return useMemo(() => {
    const columns: Column<Invoice>[] = [
      {
        key: 'number',
        title: t('invoice.one'),
        sort: 'number',
        render: ({ id, data, system }) => (
          <span className="cell-stack">
            <button type="button" className="row-title row-button num" data-row-link onClick={() => open(id)}>
              {data.number}
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
        key: 'status',
        title: t('field.status'),
        sort: 'status',
        hide: 'narrow',
        render: ({ data, system }) => (
          <span className="cell-chips">
            <StatusChip kind="invoice" status={system.status} />
            {system.disputed > 0 && (
              <Chip tone="violet">
                {t('invoice.disputedPart', { amount: format.money(system.disputed, data.currency) })}
              </Chip>
            )}
            {system.held && <Chip tone="amber">{t('invoice.held')}</Chip>}
          </span>
        ),
      },
      {
        key: 'due',
        title: t('invoice.dueDate'),
        sort: 'dueDate',
        hide: 'phone',
        render: ({ data }) => <span className="num">{format.date(data.dueDate)}</span>,
      },
      {
        key: 'age',
        title: t('invoice.age'),
        sort: 'dpd',
        hide: 'narrow',
        render: ({ system }) =>
          isOpen(system.status) ? (
            <AgeChip dpd={system.dpd} />
          ) : (
            <span className="cell-none">{t('table.none')}</span>
          ),
      },
      {
        key: 'amount',
        title: t('field.amount'),
        align: 'right',
        hide: 'medium',
        render: ({ data }) => <Money amount={data.amount} currency={data.currency} tone="quiet" />,
      },
      {
        key: 'open',
        title: t('invoice.open'),
        align: 'right',
        sort: 'open',
        render: ({ data, system }) => (
          <span className="cell-amounts">
            <Money amount={system.open} currency={data.currency} />
            <span className="only-phone">{isOpen(system.status) && <AgeChip dpd={system.dpd} />}</span>
          </span>
        ),
      },
    ];
    if (pay)
      columns.push({
        key: 'actions',
        title: <span className="sr-only">{t('table.actions')}</span>,
        align: 'right',
        hide: 'phone',
        width: 56,
        render: (invoice) =>
          invoice.system.open > 0 && (
            <Tooltip title={t('payment.record')}>
              <Button
                size="small"
                type="text"
                icon={<WalletOutlined />}
                aria-label={t('payment.recordFor', { number: invoice.data.number })}
                onClick={() => pay(invoice)}
              />
            </Tooltip>
          ),
      });
    return columns;
  }, [t, format, pay === undefined]);
}
