import '../texts';
import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import type { FormRecord } from '@/shared/api/records';
import { useMe } from '@/shared/api/session';
import { groupsOf, kindOf } from '@/shared/form/kinds';
import type { Json, Property } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { BinLink } from '@/shared/ui/BinLink';
import { DataTable } from '@/shared/ui/DataTable';
import { FilterBar, SearchBox } from '@/shared/ui/Filters';
import { Page } from '@/shared/ui/Page';
import { DeleteRecord } from '@/shared/ui/record/DeleteRecord';
import { RecordDrawer } from '@/shared/ui/record/RecordDrawer';
import { useFieldText } from '@/shared/ui/record/useFieldText';
import { Empty, ErrorState, PageSkeleton } from '@/shared/ui/states';
import { type FormEntry, useForm, useRecords } from '../api/forms';

const columnsShown = 5;
const tableKinds = [
  'text',
  'email',
  'phone',
  'number',
  'money',
  'percent',
  'date',
  'choice',
  'boolean',
  'autoNumber',
];

/** The records of a form of the company's own. */
export default function RecordsPage() {
  const { key = '' } = useParams();
  const form = useForm(key);
  if (form.error)
    return (
      <div className="page">
        <ErrorState level={1} error={form.error} onRetry={() => form.refetch()} />
      </div>
    );
  return form.data ? <Records form={form.data} /> : <PageSkeleton />;
}

function Records({ form }: { form: FormEntry }) {
  const { t } = useTranslation();
  const format = useFormat();
  const params = useParamState();
  const search = params.get('q') ?? '';
  const pages = useRecords(form.key, search);
  const open = params.get('open');
  const name = format.text(form.name) || form.key;
  const keys = groupsOf(form)
    .flatMap(({ fields }) => fields)
    .filter((field) => tableKinds.includes(kindOf(form.schema.properties?.[field] ?? {})));
  const shown = [
    ...new Set(
      [form.title, ...keys].filter((field): field is string => field !== undefined && keys.includes(field)),
    ),
  ].slice(0, columnsShown);
  const me = useMe();
  const text = useFieldText();
  const cell = (property: Property, value: Json | undefined, { data }: FormRecord) =>
    text(property, value, typeof data.currency === 'string' ? data.currency : me.workspace.currency);
  const create = (
    <Button type="primary" icon={<PlusOutlined />} onClick={() => params.set({ open: 'new' })}>
      {t('forms.newRecord')}
    </Button>
  );
  return (
    <Page
      title={name}
      sub={<Link to={`/forms/${form.key}`}>{t('forms.toDesigner')}</Link>}
      actions={
        <>
          <BinLink form={form.key} />
          {create}
        </>
      }
      wide
    >
      <FilterBar>
        <SearchBox label={t('forms.searchRecords')} value={search} onSearch={(q) => params.set({ q })} />
      </FilterBar>
      <DataTable<FormRecord>
        label={name}
        rows={pages.rows}
        rowKey={({ id }) => id}
        pages={pages}
        onOpen={({ id }) => params.set({ open: id })}
        empty={
          <Empty
            title={t(search ? 'forms.nothingFound' : 'forms.noRecords')}
            text={search ? undefined : t('forms.noRecordsText')}
            action={search ? undefined : create}
          />
        }
        columns={shown.map((field, at) => {
          const property = form.schema.properties?.[field] ?? {};
          return {
            key: field,
            title: format.text(property['x-df-label']) || field,
            align: ['number', 'money', 'percent'].includes(kindOf(property)) ? ('right' as const) : undefined,
            hide: at > 2 ? ('narrow' as const) : at > 0 ? ('phone' as const) : undefined,
            render: (row: FormRecord) =>
              at === 0 ? (
                <Link to={`?open=${row.id}`} data-row-link className="row-title">
                  {cell(property, row.data[field], row) || row.id}
                </Link>
              ) : (
                cell(property, row.data[field], row)
              ),
          };
        })}
      />
      {open && (
        <RecordDrawer
          key={open}
          form={form}
          id={open}
          title={t(open === 'new' ? 'forms.newRecord' : 'forms.editRecord')}
          extra={(record) => (
            <DeleteRecord
              form={form.key}
              record={record}
              name={String((form.title && record.data[form.title]) || record.id)}
              onDone={() => params.set({ open: undefined })}
            />
          )}
          onClose={() => params.set({ open: undefined })}
        />
      )}
    </Page>
  );
}
