import { App, Button, Modal, Radio } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Flow } from '@/shared/api/types';
import { errorText } from '@/shared/ui/states';
import { type RunningChoice, useBatch, usePublish, useStop } from '../api/flows';

const choices: RunningChoice[] = ['finish', 'move', 'stop'];

export function FlowControls({ flow, name }: { flow: Flow; name: string }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const stop = useStop();
  const [publishing, setPublishing] = useState(false);
  const [batch, setBatch] = useState<string>();

  const askStop = () =>
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

  return (
    <div className="flow-controls">
      <Progress batch={batch} />
      {flow.status === 'live' && (
        <Button onClick={askStop} aria-label={t('flow.stopNamed', { name })}>
          {t('flow.stop')}
        </Button>
      )}
      <Button
        type={flow.status === 'live' ? 'default' : 'primary'}
        onClick={() => setPublishing(true)}
        aria-label={t('flow.publishNamed', { name })}
      >
        {t(flow.status === 'live' ? 'flow.republish' : 'flow.publish')}
      </Button>
      <PublishDialog
        flow={flow}
        name={name}
        open={publishing}
        onClose={() => setPublishing(false)}
        onBatch={setBatch}
      />
    </div>
  );
}

type DialogProps = {
  flow: Flow;
  name: string;
  open: boolean;
  onClose: () => void;
  onBatch: (id?: string) => void;
};

/** Publishing says what it will touch before it does. */
function PublishDialog({ flow, name, open, onClose, onBatch }: DialogProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const publish = usePublish();
  const [running, setRunning] = useState<RunningChoice>('finish');
  const active = flow.counts.active + flow.counts.paused + flow.counts.parked;
  const confirm = () =>
    publish.mutate(
      { key: flow.key, running },
      {
        onSuccess: ({ version, batch }) => {
          message.success(t('flow.publishDone', { version }));
          onBatch(batch);
          onClose();
        },
        onError: (error) => message.error(errorText(error, t).text),
      },
    );
  return (
    <Modal
      open={open}
      onCancel={onClose}
      onOk={confirm}
      confirmLoading={publish.isPending}
      title={t('flow.publishTitle', { name })}
      okText={t('flow.publish')}
      cancelText={t('action.cancel')}
      width={480}
      destroyOnHidden
    >
      <p className="drawer-sub">{t('flow.publishText', { count: active })}</p>
      {active > 0 && (
        <Radio.Group
          aria-label={t('flow.running')}
          className="setup-choice"
          value={running}
          onChange={({ target }) => setRunning(target.value)}
        >
          {choices.map((choice) => (
            <Radio key={choice} value={choice}>
              <strong>{t(`flow.runningChoice.${choice}`)}</strong>
              <span>{t(`flow.runningText.${choice}`)}</span>
            </Radio>
          ))}
        </Radio.Group>
      )}
    </Modal>
  );
}

function Progress({ batch }: { batch?: string }) {
  const { t } = useTranslation();
  const { data } = useBatch(batch);
  if (data?.status !== 'running') return null;
  return (
    <span className="flow-progress num" role="status">
      {data.total
        ? t('flow.progress', { done: data.done, total: data.total })
        : t('flow.progressOpen', { done: data.done })}
    </span>
  );
}
