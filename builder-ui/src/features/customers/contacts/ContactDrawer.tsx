import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import type { FormRecord } from '@/shared/api/records';
import type { FormDoc } from '@/shared/form/types';
import { RecordDrawer } from '@/shared/ui/record/RecordDrawer';
import { errorText } from '@/shared/ui/states';

type Props = { customer: string; id: string; first: boolean; onClose: () => void };

/** One contact by the company's own form of contacts; the first one is proposed as the primary one. */
export default function ContactDrawer({ customer, id, first, onClose }: Props) {
  const { t } = useTranslation();
  const form = useQuery({
    queryKey: ['form', 'contact'],
    queryFn: () => api.get<FormDoc>('/forms/contact'),
    staleTime: 60_000,
  });
  if (!form.data) return null;
  return (
    <RecordDrawer
      form={form.data}
      id={id}
      title={t(id === 'new' ? 'contact.add' : 'contact.edit')}
      start={{ customer, primary: first }}
      only={(key) => key !== 'customer'}
      extra={(record) => <Remove record={record} onDone={onClose} />}
      onClose={onClose}
    />
  );
}

function Remove({ record, onDone }: { record: FormRecord; onDone: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const remove = useMutation({
    mutationFn: () => api.delete(`/records/contact/${record.id}`, record.version),
    onSuccess: () => {
      client.invalidateQueries({ queryKey: keys.records('contact') });
      onDone();
    },
    onError: (error) => message.error(errorText(error, t).text),
  });
  return (
    <Popconfirm
      title={t('contact.removeTitle', { name: String(record.data.name ?? '') })}
      description={t('contact.removeText')}
      okText={t('contact.remove')}
      cancelText={t('action.cancel')}
      onConfirm={() => remove.mutate()}
    >
      <Button danger loading={remove.isPending}>
        {t('contact.remove')}
      </Button>
    </Popconfirm>
  );
}
