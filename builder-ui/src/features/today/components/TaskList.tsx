import { CheckOutlined, FileTextOutlined, PhoneOutlined } from '@ant-design/icons';
import { App, Button, Input, Popover, Radio, Segmented } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import type { Task, Today } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useCompleteTask } from '../api/today';
import { CustomerLink, ListRow } from './lists';
import { TaskMore } from './TaskMore';
import { type TaskScope, useChangeTask, useTasks } from './taskQueries';

const emptyText: Record<TaskScope, [string, string]> = {
  mine: ['today.mineEmpty', 'today.mineEmptyText'],
  queue: ['today.queueEmpty', 'today.queueEmptyText'],
  team: ['today.teamEmpty', 'today.teamEmptyText'],
  all: ['today.tasksEmpty', 'today.tasksEmptyText'],
};

/** One's own tasks, those that wait for anybody of one's roles and teams, and everybody's. */
export function TaskList({ today }: { today: Today }) {
  const { t } = useTranslation();
  const [chosen, setScope] = useState<TaskScope>();
  const { scope, ...tasks } = useTasks(chosen, today.tasks);
  const [title, text] = emptyText[scope];
  return (
    <Section
      className="section-tasks"
      title={t('today.tasks')}
      count={
        scope === 'all' ? today.counts.tasks : tasks.hasNextPage ? `${tasks.rows.length}+` : tasks.rows.length
      }
      extra={
        <Segmented<TaskScope>
          size="small"
          aria-label={t('today.taskLists')}
          value={scope}
          onChange={setScope}
          options={(['mine', 'queue', 'team', 'all'] as const).map((value) => ({
            value,
            label: t(`today.taskList.${value}`),
          }))}
        />
      }
    >
      {tasks.error && tasks.rows.length === 0 ? (
        <ErrorState error={tasks.error} onRetry={tasks.refetch} />
      ) : tasks.isPending ? (
        <Lines rows={3} />
      ) : tasks.rows.length === 0 ? (
        <Empty small title={t(title)} text={t(text)} />
      ) : (
        <ul className="list">
          {tasks.rows.map((task) => (
            <Row key={task.id} task={task} />
          ))}
        </ul>
      )}
      {tasks.hasNextPage && (
        <div className="table-foot">
          <Button size="small" loading={tasks.isFetchingNextPage} onClick={tasks.fetchNextPage}>
            {t('table.more')}
          </Button>
        </div>
      )}
    </Section>
  );
}

function Row({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  const mayWork = useCan('task.write');
  const due = task.due?.slice(0, 10);
  const late = due !== undefined && due < format.today;
  const role = task.role ? t(`role.${task.role}`, { defaultValue: task.role }) : undefined;
  return (
    <ListRow
      title={<span className="row-title">{format.text(task.title)}</span>}
      sub={
        <>
          <CustomerLink customer={task.customer} />
          {task.invoice && <span className="num"> · {task.invoice}</span>}
          {task.assignee ? (
            <span> · {task.assignee.name}</span>
          ) : (
            role && <span> · {t('today.forRole', { role })}</span>
          )}
          {due && (
            <span className={late ? 'text-overdue' : undefined}>
              {' · '}
              {t('today.dueOn', { when: format.relative(due) })}
            </span>
          )}
        </>
      }
      actions={
        mayWork && (
          <>
            {task.link && (
              <Button
                size="small"
                href={task.link}
                icon={<PhoneOutlined />}
                aria-label={`${t('today.dial')}: ${format.text(task.title)}`}
              >
                {t('today.dial')}
              </Button>
            )}
            {task.text && <Script task={task} />}
            {task.assignee ? <Complete task={task} /> : <Take task={task} />}
            <TaskMore task={task} />
          </>
        )
      }
    />
  );
}

/** What to say, beside the list, so that the results stay in reach. */
function Script({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Popover
      trigger="click"
      placement="bottomRight"
      content={
        <section className="task-script" aria-label={t('today.script')}>
          {task.text}
        </section>
      }
    >
      <IconButton
        size="small"
        type="text"
        icon={<FileTextOutlined />}
        label={`${t('today.script')}: ${format.text(task.title)}`}
      />
    </Popover>
  );
}

function Take({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const { take } = useChangeTask();
  return (
    <Button
      size="small"
      loading={take.isPending}
      aria-label={t('today.takeTask', { title: format.text(task.title) })}
      onClick={() =>
        take.mutate(task.id, {
          onSuccess: () => message.success(t('today.taken')),
          onError: (error) => message.error(errorText(error, t).text),
        })
      }
    >
      {t('today.take')}
    </Button>
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
  const [wrong, setWrong] = useState<string>();
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
        // Against the contact rules a call may need a word: that belongs to the note.
        onError: (error) => {
          const said = error instanceof ApiError ? error.fields.note : undefined;
          setWrong(said);
          if (!said) message.error(errorText(error, t).text);
        },
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
          <Input.TextArea
            id={id}
            rows={2}
            value={note}
            status={wrong && 'error'}
            aria-invalid={wrong !== undefined}
            aria-describedby={wrong && `${id}-wrong`}
            onChange={({ target }) => setNote(target.value)}
          />
          {wrong && (
            <p id={`${id}-wrong`} className="prop-error" role="alert">
              {wrong}
            </p>
          )}
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
