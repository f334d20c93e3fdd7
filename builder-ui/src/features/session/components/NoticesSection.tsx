import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { NoticeBrowserLine } from './NoticeBrowserLine';

type How = { app: boolean; mail: 'never' | 'daily' | 'now'; push?: boolean };
type Settings = { kinds: Record<string, How>; order: string[]; mail: boolean };
const key = ['notice-settings'] as const;

/** What one wants to hear of, and how. Quiet unless one asks: in the app, no letters. */
export function NoticesSection() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const client = useQueryClient();
  const settings = useQuery({ queryKey: key, queryFn: () => api.get<Settings>('/notices/settings') });
  const save = useMutation({
    mutationFn: (kinds: Settings['kinds']) => api.put<Settings>('/notices/settings', { kinds }),
    onSuccess: (data) => client.setQueryData(key, data),
    onError: (cause) => message.error(errorText(cause, t).text),
  });
  if (settings.error)
    return (
      <Section title={t('nav.notices')}>
        <ErrorState error={settings.error} onRetry={() => settings.refetch()} />
      </Section>
    );
  const shown = settings.data && { ...settings.data.kinds, ...(save.isPending ? save.variables : {}) };
  const put = (kind: string, change: Partial<How>) =>
    shown && save.mutate({ ...shown, [kind]: { ...(shown[kind] as How), ...change } });
  return (
    <Section title={t('nav.notices')}>
      {!settings.data || !shown ? (
        <Lines rows={4} />
      ) : (
        <div className="table-scroll">
          <table className="table table-plain notices-table">
            <caption className="sr-only">{t('nav.notices')}</caption>
            <thead>
              <tr>
                <th scope="col">{t('entry.noticeWhat')}</th>
                <th scope="col">{t('entry.noticeApp')}</th>
                <th scope="col">{t('entry.noticeMail')}</th>
                <th scope="col">{t('entry.noticePush')}</th>
              </tr>
            </thead>
            <tbody>
              {settings.data.order.map((kind) => {
                const what = t(`entry.notice.${kind}`);
                return (
                  <tr key={kind}>
                    <td>{what}</td>
                    <td>
                      <Switch
                        size="small"
                        checked={shown[kind]?.app}
                        aria-label={t('entry.noticeAppOf', { what })}
                        onChange={(app) => put(kind, { app })}
                      />
                    </td>
                    <td>
                      <Select
                        size="small"
                        className="me-mail"
                        value={shown[kind]?.mail}
                        aria-label={t('entry.noticeMailOf', { what })}
                        onChange={(mail) => put(kind, { mail })}
                        options={(['never', 'daily', 'now'] as const).map((value) => ({
                          value,
                          label: t(`entry.mail.${value}`),
                        }))}
                      />
                    </td>
                    <td>
                      <Switch
                        size="small"
                        checked={shown[kind]?.push ?? false}
                        aria-label={t('entry.noticePushOf', { what })}
                        onChange={(push) => put(kind, { push })}
                      />
                    </td>
                  </tr>
                );
              })}
            </tbody>
          </table>
          {!settings.data.mail && <p className="list-sub me-hint">{t('entry.noMail')}</p>}
          <NoticeBrowserLine />
        </div>
      )}
    </Section>
  );
}
