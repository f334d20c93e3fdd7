import { CheckOutlined, FileTextOutlined, PhoneOutlined } from '@ant-design/icons';
import { App, Button, Checkbox, Input, Popover, Radio, Segmented, Tooltip } from 'antd';
import { Fragment, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import type { Ref, Task, Today } from '@/shared/api/types';
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
          {task.invoices.length > 0 && <About invoices={task.invoices} />}
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

/** The first invoices that a task is about, each a way to it. */
function About({ invoices }: { invoices: Ref[] }) {
  const { t } = useTranslation();
  const shown = invoices.slice(0, 2);
  const more = invoices.slice(2).map(({ name }) => name);
  return (
    <span className="num">
      {shown.map(({ id, name }) => (
        <Fragment key={id}>
          {' · '}
          <Link className="task-invoice" to={`/invoices?invoice=${id}`}>
            {name}
          </Link>
        </Fragment>
      ))}
      {more.length > 0 && (
        <Tooltip title={more.join(', ')}>
          <span> {t('today.moreInvoices', { count: more.length })}</span>
        </Tooltip>
      )}
    </span>
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
  const [left, setLeft] = useState<string[]>([]);
  // What joins the task while the form is open has not been looked at.
  const [shown, setShown] = useState(task.invoices);
  const [wrong, setWrong] = useState<string>();
  const id = useId();
  const results = task.results ?? [];
  const chosen = shown.map(({ id }) => id).filter((id) => !left.includes(id));
  const part = task.divisible && task.invoices.some(({ id }) => !chosen.includes(id));

  const save = () =>
    complete.mutate(
      { id: task.id, result, note: note || undefined, invoices: task.divisible ? chosen : undefined },
      {
        onSuccess: () => {
          setOpen(false);
          // What stays of it is asked about anew.
          setLeft([]);
          setResult(undefined);
          setNote('');
          setWrong(undefined);
          message.success(t(part ? 'today.taskPartDone' : 'today.taskDone'));
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
      onOpenChange={(next) => {
        if (next) setShown(task.invoices);
        setOpen(next);
      }}
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
          {task.divisible && shown.length > 1 && (
            <fieldset className="task-about">
              <legend className="field-label">{t('today.holdsFor')}</legend>
              {shown.map((invoice) => (
                <Checkbox
                  key={invoice.id}
                  className="num"
                  checked={!left.includes(invoice.id)}
                  onChange={({ target }) =>
                    setLeft(target.checked ? left.filter((one) => one !== invoice.id) : [...left, invoice.id])
                  }
                >
                  {invoice.name}
                </Checkbox>
              ))}
            </fieldset>
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
            disabled={(results.length > 0 && !result) || (task.divisible && chosen.length === 0)}
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
