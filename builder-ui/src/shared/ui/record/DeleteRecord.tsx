import { Button, Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { useCanDelete, useDeletion } from '../useDeletion';

type Props = {
  form: string;
  record: { id: string; version: number };
  name: string;
  /** What follows from it for what is shown, instead of where it goes. */
  text?: string;
  onDone: () => void;
};

/** Asks, then moves a record to the bin. */
export function DeleteRecord({ form, record, name, text, onDone }: Props) {
  const { t } = useTranslation();
  const { start, busy } = useDeletion(form);
  if (!useCanDelete(form)) return null;
  return (
    <Popconfirm
      title={t('bin.moveTitle', { name })}
      description={text ?? t('bin.moveText')}
      okText={t('bin.move')}
      cancelText={t('action.cancel')}
      onConfirm={() => start(record, name, onDone)}
    >
      <Button danger loading={busy}>
        {t('bin.move')}
      </Button>
    </Popconfirm>
  );
}
