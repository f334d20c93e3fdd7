import { App } from 'antd';
import { useTranslation } from 'react-i18next';
import { useRunAction } from '../api/runs';
import type { RunAction } from '../api/types';
import { errorText } from './states';

/** Asks before anything that cannot be undone, runs the action and says what came of it. */
export function useRunControl() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const action = useRunAction();

  const run = async (ids: string[], what: RunAction) => {
    try {
      const { done, failed } = await action.mutateAsync({ ids, action: what });
      const refused = failed ?? [];
      if (refused.length === 0) message.success(t(`run.done.${what}`, { count: done }));
      else
        message.warning(
          `${t('run.partly', { done, failed: refused.length })} ${refused[0]?.problem?.detail ?? ''}`,
        );
    } catch (error) {
      message.error(errorText(error, t).text);
    }
  };
  const act = (ids: string[], what: RunAction) => {
    if (what !== 'stop' && what !== 'skip') return void run(ids, what);
    modal.confirm({
      title: t(`run.confirm.${what}`, { count: ids.length }),
      content: t(`run.confirm.${what}Text`),
      okText: t(`run.action.${what}`),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: what === 'stop' },
      icon: null,
      onOk: () => run(ids, what),
    });
  };
  return { act, busy: action.isPending };
}
