import { EllipsisOutlined } from '@ant-design/icons';
import { App, Dropdown } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Task } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { errorText } from '@/shared/ui/states';
import { useChangeTask } from './taskQueries';

const TaskDrawer = lazy(() => import('./TaskDrawer'));

/** What else can be done with a task: somebody else does it, on another day, or nobody for now. */
export function TaskMore({ task }: { task: Task }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const { change } = useChangeTask();
  const [asked, setAsked] = useState<'assignee' | 'due'>();
  const [used, setUsed] = useState<'assignee' | 'due'>();
  const pick = (key: string) => {
    if (key === 'back')
      change.mutate(
        { id: task.id, assignee: '' },
        {
          onSuccess: () => message.success(t('today.taskChanged')),
          onError: (error) => message.error(errorText(error, t).text),
        },
      );
    else {
      setUsed(key as 'assignee' | 'due');
      setAsked(key as 'assignee' | 'due');
    }
  };
  const title = format.text(task.title);
  return (
    <>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        menu={{
          onClick: ({ key }) => pick(key),
          items: [
            { key: 'assignee', label: t('today.reassign') },
            { key: 'due', label: t('today.moveDue') },
            ...(task.assignee && task.role ? [{ key: 'back', label: t('today.putBackTask') }] : []),
          ],
        }}
      >
        <IconButton
          size="small"
          type="text"
          icon={<EllipsisOutlined />}
          label={t('today.taskMore', { title })}
        />
      </Dropdown>
      {used && (
        <Suspense fallback={null}>
          <TaskDrawer
            task={task}
            what={used}
            open={asked !== undefined}
            onClose={() => setAsked(undefined)}
            onSave={(values) => change.mutateAsync({ id: task.id, ...values })}
          />
        </Suspense>
      )}
    </>
  );
}
