import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { useMe } from '@/shared/api/session';
import { agree, canShowNotices, disagree, NoNotices, type NoticeBrowser } from '@/shared/lib/noticeBrowser';
import { Chip } from '@/shared/ui/Chip';
import { errorText } from '@/shared/ui/states';

const key = ['notice-browser'] as const;

/** Whether this browser shows notices while no page is open; the browser itself asks once more. */
export function NoticeBrowserLine() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const me = useMe().user.id;
  const client = useQueryClient();
  const state = useQuery({ queryKey: key, queryFn: () => api.get<NoticeBrowser>('/notices/browser') });
  const change = useMutation({
    mutationFn: async ({ on, key: server }: NoticeBrowser) => (on ? disagree(me) : agree(me, server)),
    onSettled: () => client.invalidateQueries({ queryKey: key }),
    onError: (cause) =>
      message.error(cause instanceof NoNotices ? t(`entry.browser.${cause.why}`) : errorText(cause, t).text),
  });
  if (!state.data) return null;
  const { on, may } = state.data;
  const why = !may ? 'demo' : !canShowNotices() ? 'cannot' : undefined;
  return (
    <div className="section-pad me-browser">
      <p>{t(why ? `entry.browser.${why}` : on ? 'entry.browser.isOn' : 'entry.browser.isOff')}</p>
      {!why && (
        <span className="me-line">
          {on && <Chip tone="green">{t('entry.on')}</Chip>}
          <Button loading={change.isPending} onClick={() => change.mutate(state.data)}>
            {t(on ? 'entry.browser.turnOff' : 'entry.browser.turnOn')}
          </Button>
        </span>
      )}
    </div>
  );
}
