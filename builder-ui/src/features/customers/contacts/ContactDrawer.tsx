import { useTranslation } from 'react-i18next';
import { useFormDoc } from '@/shared/api/records';
import { DeleteRecord } from '@/shared/ui/record/DeleteRecord';
import { RecordDrawer } from '@/shared/ui/record/RecordDrawer';

type Props = { customer: string; id: string; first: boolean; onClose: () => void };

/** One contact by the company's own form of contacts; the first one is proposed as the primary one. */
export default function ContactDrawer({ customer, id, first, onClose }: Props) {
  const { t } = useTranslation();
  const form = useFormDoc('contact');
  if (!form.data) return null;
  return (
    <RecordDrawer
      form={form.data}
      id={id}
      title={t(id === 'new' ? 'contact.add' : 'contact.edit')}
      start={{ customer, primary: first }}
      only={(key) => key !== 'customer'}
      extra={(record) => (
        <DeleteRecord
          form="contact"
          record={record}
          name={String(record.data.name ?? '')}
          text={t('contact.removeText')}
          onDone={onClose}
        />
      )}
      onClose={onClose}
    />
  );
}
