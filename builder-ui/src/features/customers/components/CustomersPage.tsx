import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Suspense, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate } from 'react-router';
import { useUserNames } from '@/shared/api/names';
import { useCan } from '@/shared/api/session';
import type { Customer } from '@/shared/api/types';
import { daysBetween } from '@/shared/lib/date';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { BinLink } from '@/shared/ui/BinLink';
import { AgeChip, Chip, TierMark } from '@/shared/ui/Chip';
import { type Column, DataTable } from '@/shared/ui/DataTable';
import { ExportLink } from '@/shared/ui/ExportLink';
import { FilterBar, Pick, SearchBox } from '@/shared/ui/Filters';
import { Money } from '@/shared/ui/Money';
import { Page } from '@/shared/ui/Page';
import { type Sort, sortParam } from '@/shared/ui/sort';
import { Empty, NoMatch } from '@/shared/ui/states';
import { useCustomers } from '../api/customers';
import { customerFilter, liveBalances } from '../model/customer';

const CustomerDrawer = lazy(() => import('./CustomerDrawer').then((m) => ({ default: m.CustomerDrawer })));

export default function CustomersPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const canWrite = useCan('account.write');
  const params = useParamState();
  const owners = useUserNames();
  const [sort, setSort] = useState<Sort>({ field: 'name', descending: false });
  const filters = { tier: params.get('tier'), owner: params.get('owner'), overdue: params.get('state') };
  const search = params.get('q') ?? '';
  const query = {
    filter: customerFilter(filters, format.today),
    search: search || undefined,
    sort: sortParam(sort),
  };
  const pages = useCustomers(query);
  const columns = useColumns();
  const filtered = Boolean(search || filters.tier || filters.owner || filters.overdue);

  return (
    <Page
      title={t('nav.customers')}
      wide
      actions={
        <>
          <BinLink form="customer" />
          <ExportLink form="customer" query={query} />
          {canWrite && (
            <>
              <Link to="/import?form=customer">
                <Button>{t('action.import')}</Button>
              </Link>
              <Button type="primary" icon={<PlusOutlined />} onClick={() => params.set({ new: '1' })}>
                {t('customer.create')}
              </Button>
            </>
          )}
        </>
      }
    >
      <FilterBar>
        <SearchBox label={t('customer.search')} value={search} onSearch={(q) => params.set({ q })} />
        <Pick
          label={t('customer.tier')}
          value={filters.tier}
          onChange={(tier) => params.set({ tier })}
          options={['A', 'B', 'C'].map((value) => ({ value, label: t('customer.tierOf', { tier: value }) }))}
        />
        <Pick
          label={t('customer.owner')}
          value={filters.owner}
          onChange={(owner) => params.set({ owner })}
          options={(owners.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        />
        <Pick
          label={t('customer.state')}
          value={filters.overdue}
          onChange={(state) => params.set({ state })}
          options={['yes', 'hold', 'stop'].map((value) => ({ value, label: t(`customer.states.${value}`) }))}
        />
      </FilterBar>
      <DataTable<Customer>
        label={t('nav.customers')}
        columns={columns}
        rows={pages.rows}
        rowKey={({ id }) => id}
        pages={pages}
        sort={sort}
        onSort={setSort}
        onOpen={({ id }) => navigate(`/customers/${id}`)}
        empty={
          filtered ? (
            <NoMatch onClear={() => params.set({ q: '', tier: '', owner: '', state: '' })} />
          ) : (
            <Empty
              title={t('customer.none')}
              text={t('customer.noneText')}
              action={
                canWrite && (
                  <span className="state-actions">
                    <Link to="/import?form=customer">
                      <Button type="primary">{t('action.importFile')}</Button>
                    </Link>
                    <Button onClick={() => params.set({ new: '1' })}>{t('customer.create')}</Button>
                  </span>
                )
              }
            />
          )
        }
      />
      <Drawer
        open={params.get('new') === '1'}
        onClose={() => params.set({ new: undefined })}
        onSaved={(id) => navigate(`/customers/${id}`)}
      />
    </Page>
  );
}

/** Loaded at its first opening, then kept, so that it can slide out and give the focus back. */
function Drawer(props: { open: boolean; onClose: () => void; onSaved: (id: string) => void }) {
  const [wanted, setWanted] = useState(props.open);
  if (props.open && !wanted) setWanted(true);
  return <Suspense fallback={null}>{wanted && <CustomerDrawer {...props} />}</Suspense>;
}

function useColumns(): Column<Customer>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const owners = useUserNames();
  const names = useMemo(() => new Map((owners.data ?? []).map(({ id, name }) => [id, name])), [owners.data]);
  return useMemo(
    () => [
      {
        key: 'name',
        title: t('customer.one'),
        sort: 'name',
        render: ({ id, data, system }) => (
          <span className="cell-name">
            <TierMark tier={data.tier} />
            <span className="cell-stack">
              <Link className="row-title" to={`/customers/${id}`} data-row-link>
                {data.name}
              </Link>
              {data.number && <span className="cell-sub num">{data.number}</span>}
            </span>
            {system.onHold && <Chip tone="amber">{t('customer.onHold')}</Chip>}
            {system.stopWish && <Chip tone="red">{t('customer.stopWish')}</Chip>}
          </span>
        ),
      },
      {
        key: 'overdue',
        title: t('balance.overdue'),
        align: 'right',
        render: ({ system }) => {
          const list = liveBalances(system.balances).filter(({ overdue }) => overdue > 0);
          if (list.length === 0) return <span className="cell-none">{t('table.none')}</span>;
          return (
            <span className="cell-amounts">
              {list.map(({ currency, overdue }) => (
                <Money key={currency} amount={overdue} currency={currency} tone="overdue" />
              ))}
            </span>
          );
        },
      },
      {
        key: 'open',
        title: t('balance.open'),
        align: 'right',
        hide: 'phone',
        render: ({ system }) => {
          const list = liveBalances(system.balances).filter(({ open }) => open > 0);
          if (list.length === 0) return <span className="cell-none">{t('table.none')}</span>;
          return (
            <span className="cell-amounts">
              {list.map(({ currency, open }) => (
                <Money key={currency} amount={open} currency={currency} />
              ))}
            </span>
          );
        },
      },
      {
        key: 'invoices',
        title: t('customer.openInvoices'),
        align: 'right',
        sort: 'openInvoices',
        hide: 'narrow',
        render: ({ system }) => <span className="num">{system.openInvoices ?? 0}</span>,
      },
      {
        key: 'oldest',
        title: t('customer.oldest'),
        sort: 'oldestDue',
        hide: 'phone',
        render: ({ system }) =>
          system.oldestDue ? (
            <AgeChip dpd={daysBetween(system.oldestDue, format.today)} />
          ) : (
            <span className="cell-none">{t('table.none')}</span>
          ),
      },
      {
        key: 'next',
        title: t('customer.nextContact'),
        hide: 'medium',
        render: ({ system }) =>
          system.nextContactAt ? (
            <time className="num" dateTime={system.nextContactAt}>
              {format.instant(system.nextContactAt)}
            </time>
          ) : (
            <span className="cell-none">{t('table.none')}</span>
          ),
      },
      {
        key: 'owner',
        title: t('customer.owner'),
        hide: 'medium',
        render: ({ data, system }) =>
          system.ownerName ||
          names.get(data.owner ?? '') || <span className="cell-none">{t('table.none')}</span>,
      },
    ],
    [t, format, names],
  );
}
