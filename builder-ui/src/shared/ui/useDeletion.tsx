import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useDelete, useRestore } from '../api/bin';
import { useCan, useMe } from '../api/session';
import type { Permission } from '../api/types';
import { errorText } from './states';

/** Whether one may delete records of a form; forms of the company's own go by one right. */
export function useCanDelete(form: string): boolean {
  const ofForm = useMe().can[`${form}.delete` as Permission];
  const ofAny = useCan('record.delete');
  return ofForm ?? ofAny;
}

/** Moves a record to the bin and says so, with the way back. */
export function useDeletion(form: string) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const remove = useDelete(form);
  const restore = useRestore(form);
  const refused = (error: unknown) => {
    message.error(errorText(error, t).text);
  };
  const start = (record: { id: string; version: number }, name: string, done?: () => void) =>
    remove.mutateAsync(record).then(() => {
      done?.();
      const undo = () => {
        message.destroy(record.id);
        restore.mutateAsync(record.id).then(() => message.success(t('bin.restored', { name })), refused);
      };
      message.success({
        key: record.id,
        duration: 8,
        content: (
          <>
            {t('bin.moved', { name })}{' '}
            <Button type="link" size="small" onClick={undo}>
              {t('bin.undo')}
            </Button>
          </>
        ),
      });
    }, refused);
  return { start, busy: remove.isPending };
}
