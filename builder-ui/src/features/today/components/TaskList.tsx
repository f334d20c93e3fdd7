import { CheckOutlined } from '@ant-design/icons';
import { App, Button, Input, Popover, Radio } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Task, Today } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { useCompleteTask } from '../api/today';
import { CustomerLink, ListRow, ListSection } from './lists';

export function TaskList({ today }: { today: Today }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ListSection
      title={t('today.tasks')}
      count={today.counts.tasks}
      shown={today.tasks.length}
      empty={t('today.tasksEmpty')}
      emptyText={t('today.tasksEmptyText')}
    >
      {today.tasks.map((task) => {
        const due = task.due?.slice(0, 10);
        const late = due !== undefined && due < format.today;
        return (
          <ListRow
            key={task.id}
            title={<span className="row-title">{format.text(task.title)}</span>}
            sub={
              <>
                <CustomerLink customer={task.customer} />
                {task.assignee && <span> · {task.assignee.name}</span>}
                {due && (
                  <span className={late ? 'text-overdue' : undefined}>
                    {' · '}
                    {t('today.dueOn', { when: format.relative(due) })}
                  </span>
                )}
              </>
            }
            actions={<Complete task={task} />}
          />
        );
      })}
    </ListSection>
  );
}

function Complete({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const complete = useCompleteTask();
  const [open, setOpen] = useState(false);
  const [result, setResult] = useState<string>();
  const [note, setNote] = useState('');
  const id = useId();
  const results = task.results ?? [];

  const save = () =>
    complete.mutate(
      { id: task.id, result, note: note || undefined },
      {
        onSuccess: () => {
          setOpen(false);
          message.success(t('today.taskDone'));
        },
        onError: (error) => message.error(errorText(error, t).text),
      },
    );

  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      open={open}
      onOpenChange={setOpen}
      content={
        <form
          className="task-form"
          aria-label={t('today.completeTask', { title: format.text(task.title) })}
          onSubmit={(event) => {
            event.preventDefault();
            save();
          }}
        >
          {results.length > 0 && (
            <Radio.Group
              aria-label={t('today.result')}
              className="task-results"
              value={result}
              onChange={({ target }) => setResult(target.value)}
              options={results.map(({ key, label }) => ({ value: key, label: format.text(label) }))}
            />
          )}
          <label htmlFor={id} className="field-label">
            {t('field.note')}
          </label>
          <Input.TextArea id={id} rows={2} value={note} onChange={({ target }) => setNote(target.value)} />
          <Button
            type="primary"
            htmlType="submit"
            size="small"
            loading={complete.isPending}
            disabled={results.length > 0 && !result}
          >
            {t('today.complete')}
          </Button>
        </form>
      }
    >
      <Button
        size="small"
        icon={<CheckOutlined />}
        aria-label={t('today.completeTask', { title: format.text(task.title) })}
      >
        {t('today.complete')}
      </Button>
    </Popover>
  );
}
