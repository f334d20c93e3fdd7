import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRestore } from '@/shared/api/bin';
import { ApiError } from '@/shared/api/client';
import { useFormDoc } from '@/shared/api/records';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { type Binned, useRemove } from '../api/bin';

/** What can be done with a deleted record; the row goes with it, so that the page takes the focus. */
export function useBinActions(form: string) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const restoring = useRestore(form);
  const removing = useRemove(form);
  const reason = useReason(form);
  const titleOf = ({ title }: Binned) => title || t('bin.untitled');
  const toPage = () => document.getElementById('main')?.focus({ preventScroll: true });

  const restore = (row: Binned) =>
    restoring.mutate(row.id, {
      onSuccess: () => {
        message.destroy(row.id); // the offer to undo it, if that still stands
        message.success(t('bin.restored', { name: titleOf(row) }));
        toPage();
      },
      onError: (error) =>
        modal.warning({
          title: t('bin.notRestored', { name: titleOf(row) }),
          content: reason(error),
          okText: t('action.close'),
        }),
    });
  const ask = (row: Binned) =>
    modal.confirm({
      title: t('bin.removeTitle', { name: titleOf(row) }),
      content: t('bin.removeText'),
      okText: t('bin.remove'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      afterClose: () => document.activeElement === document.body && toPage(),
      onOk: () =>
        removing.mutateAsync(row.id).then(
          () => {
            message.destroy(row.id);
            message.success(t('bin.removed', { name: titleOf(row) }));
          },
          (error) => message.error(errorText(error, t).text),
        ),
    });
  return { titleOf, restore, ask, busy: restoring.isPending ? restoring.variables : undefined };
}

/** Why something cannot come back, and in which fields of its form. */
function useReason(form: string) {
  const { t } = useTranslation();
  const format = useFormat();
  const doc = useFormDoc(form);
  return (error: unknown): string => {
    const { text } = errorText(error, t);
    if (!(error instanceof ApiError)) return text;
    const fields = Object.keys(error.fields).map(
      (key) => format.text(doc.data?.schema.properties?.[key]?.['x-df-label']) || key,
    );
    return fields.length > 0 ? `${text} (${fields.join(', ')})` : text;
  };
}
