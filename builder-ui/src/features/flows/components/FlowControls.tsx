import { EllipsisOutlined } from '@ant-design/icons';
import { App, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import type { Flow } from '@/shared/api/types';
import { IconButton } from '@/shared/ui/IconButton';
import { errorText } from '@/shared/ui/states';
import { useDelete, useStop } from '../api/flows';

/** Asks before a flow is taken off the air: its runs end with it. */
export function useAskStop() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const stop = useStop();
  return (flow: Flow, name: string) =>
    modal.confirm({
      title: t('flow.stopTitle', { name }),
      content: t('flow.stopText', { count: flow.counts.active }),
      okText: t('flow.stop'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () =>
        stop.mutateAsync(flow.key).then(
          () => message.success(t('flow.stopped')),
          (error) => message.error(errorText(error, t).text),
        ),
    });
}

export function FlowControls({ flow, name, canPublish }: { flow: Flow; name: string; canPublish: boolean }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const canWrite = useCan('flow.write');
  const askStop = useAskStop();
  const remove = useDelete();
  const askDelete = () =>
    modal.confirm({
      title: t('designer.list.deleteTitle', { name }),
      content: t('designer.list.deleteText'),
      okText: t('designer.list.delete'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () =>
        remove.mutateAsync(flow.key).then(
          () => message.success(t('designer.list.deleted')),
          (error) => message.error(errorText(error, t).text),
        ),
    });
  const items = [
    ...(canPublish && flow.status === 'live' ? [{ key: 'stop', label: t('flow.stop'), danger: true }] : []),
    ...(canWrite && flow.status === 'draft' && !flow.version
      ? [{ key: 'delete', label: t('designer.list.delete'), danger: true }]
      : []),
  ];
  return (
    <div className="flow-controls">
      <Link className="flow-open" to={`/flows/${flow.key}/rehearsal`}>
        {t('designer.tab.rehearsal')}
      </Link>
      <Link
        className="flow-open"
        to={`/flows/${flow.key}`}
        aria-label={t('designer.list.openNamed', { name })}
      >
        {t('designer.tab.designer')}
      </Link>
      {items.length > 0 && (
        <Dropdown
          trigger={['click']}
          menu={{ items, onClick: ({ key }) => (key === 'stop' ? askStop(flow, name) : askDelete()) }}
        >
          <IconButton type="text" icon={<EllipsisOutlined />} label={t('run.moreActions', { name })} />
        </Dropdown>
      )}
    </div>
  );
}
