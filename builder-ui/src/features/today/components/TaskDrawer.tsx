import { useTranslation } from 'react-i18next';
import { useUserNames } from '@/shared/api/names';
import type { Task } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { DateField } from '@/shared/ui/DateField';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SelectField } from '@/shared/ui/fields';

type Values = { assignee?: string; due?: string };
type Props = {
  task: Task;
  what: 'assignee' | 'due';
  open: boolean;
  onClose: () => void;
  onSave: (values: Values) => Promise<unknown>;
};

export default function TaskDrawer({ task, what, open, onClose, onSave }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useUserNames();
  return (
    <FormDrawer<Values>
      key={what}
      open={open}
      onClose={onClose}
      title={t(what === 'assignee' ? 'today.reassign' : 'today.moveDue')}
      sub={`${format.text(task.title)} · ${task.customer.name}`}
      submit={t('action.save')}
      done={t('today.taskChanged')}
      initial={what === 'assignee' ? { assignee: task.assignee?.id } : { due: task.due?.slice(0, 10) }}
      onSubmit={onSave}
    >
      {what === 'assignee' ? (
        <SelectField
          name="assignee"
          label={t('today.assigneeOf')}
          options={(names.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          required
        />
      ) : (
        <DateField name="due" label={t('today.dueDate')} />
      )}
    </FormDrawer>
  );
}
