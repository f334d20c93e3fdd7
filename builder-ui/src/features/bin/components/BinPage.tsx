import '../texts';
import { Button, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams } from 'react-router';
import { useUserNames } from '@/shared/api/names';
import { useFormDoc } from '@/shared/api/records';
import { useMe } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { type Column, DataTable } from '@/shared/ui/DataTable';
import { Money } from '@/shared/ui/Money';
import { Page } from '@/shared/ui/Page';
import { Empty } from '@/shared/ui/states';
import { type Binned, useBin } from '../api/bin';
import { useBinActions } from './useBinActions';

const builtin = ['customer', 'invoice', 'payment', 'contact'] as const;
const lists: Record<string, string> = { customer: '/customers', invoice: '/invoices' };

/** The deleted records of a form, which can be brought back or removed for good. */
export default function BinPage() {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const { can } = useMe();
  const { form = '' } = useParams();
  const doc = useFormDoc(form);
  const pages = useBin(form);
  const columns = useColumns(form);
  const own = !builtin.some((key) => key === form);
  const list = own ? `/forms/${form}/records` : (lists[form] ?? '/customers');
  const shown = builtin.filter((key) => can[`${key}.delete`]);
  return (
    <Page
      title={own ? `${t('bin.title')}${doc.data ? ` · ${format.text(doc.data.name)}` : ''}` : t('bin.title')}
      sub={t('bin.sub')}
      wide
      actions={
        <>
          {!own && (
            <Segmented<string>
              aria-label={t('bin.which')}
              value={form}
              onChange={(key) => navigate(`/bin/${key}`)}
              options={shown.map((key) => ({ value: key, label: t(`bin.of.${key}`) }))}
            />
          )}
          <Link to={list}>
            <Button>{t('bin.toList')}</Button>
          </Link>
        </>
      }
    >
      <DataTable<Binned>
        key={form}
        label={t('bin.title')}
        columns={columns}
        rows={pages.rows}
        rowKey={({ id }) => id}
        pages={pages}
        empty={<Empty title={t('bin.none')} text={t('bin.noneText')} />}
      />
    </Page>
  );
}

function useColumns(form: string): Column<Binned>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useUserNames();
  const nameOf = (id = '') => names.data?.find((user) => user.id === id)?.name || t('bin.someone');
  const { titleOf, ask, restore, busy } = useBinActions(form);
  const money = form === 'invoice' || form === 'payment';
  const amount: Column<Binned> = {
    key: 'amount',
    title: t('bin.amount'),
    align: 'right',
    hide: 'medium',
    render: ({ data }) =>
      typeof data.amount === 'number' && (
        <Money amount={data.amount} currency={String(data.currency)} tone="quiet" />
      ),
  };
  return [
    {
      key: 'name',
      title: t('bin.name'),
      render: (row) => (
        <span className="cell-stack">
          <span className="row-title">{titleOf(row)}</span>
          {row.system.customerName && (
            <span className="cell-sub">{t('bin.ofCustomer', { name: row.system.customerName })}</span>
          )}
          <span className="cell-sub only-phone">
            {format.instant(row.deletedAt)} · {nameOf(row.deletedBy)}
          </span>
        </span>
      ),
    },
    ...(money ? [amount] : []),
    {
      key: 'at',
      title: t('bin.at'),
      hide: 'phone',
      render: ({ deletedAt }) => (
        <time className="num" dateTime={deletedAt}>
          {format.instant(deletedAt)}
        </time>
      ),
    },
    { key: 'by', title: t('bin.by'), hide: 'phone', render: ({ deletedBy }) => nameOf(deletedBy) },
    {
      key: 'until',
      title: t('bin.until'),
      hide: 'medium',
      render: ({ until }) => <span className="num">{format.date(format.dayOf(until))}</span>,
    },
    {
      key: 'actions',
      title: <span className="sr-only">{t('table.actions')}</span>,
      align: 'right',
      render: (row) => (
        <span className="row-actions">
          <Button
            size="small"
            data-row-link
            loading={busy === row.id}
            aria-label={t('bin.restoreOf', { name: titleOf(row) })}
            onClick={() => restore(row)}
          >
            {t('bin.restore')}
          </Button>
          <Button
            size="small"
            danger
            aria-label={t('bin.removeOf', { name: titleOf(row) })}
            onClick={() => ask(row)}
          >
            {t('bin.remove')}
          </Button>
        </span>
      ),
    },
  ];
}
