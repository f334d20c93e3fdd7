import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { useUserNames } from '@/shared/api/names';
import { useMe } from '@/shared/api/session';
import type { Ref } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { DateField } from '@/shared/ui/DateField';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SelectField } from '@/shared/ui/fields';
import { Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';

type Absence = { user: Ref; from: string; to: string; deputy?: Ref; now: boolean };
type Values = { from: string; to: string; deputy?: string };
const key = ['absences'] as const;

/** When one is away, and who does one's tasks meanwhile. */
export function AbsenceSection() {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const me = useMe().user.id;
  const client = useQueryClient();
  const names = useUserNames().data ?? [];
  const [setting, setSetting] = useState(false);
  const list = useQuery({
    queryKey: key,
    queryFn: () => api.get<{ items: Absence[] }>('/absences'),
    select: ({ items }) => items,
  });
  const onSuccess = () => client.invalidateQueries({ queryKey: key });
  const save = useMutation({ mutationFn: (values: Values) => api.put(`/absences/${me}`, values), onSuccess });
  const end = useMutation({ mutationFn: () => api.delete(`/absences/${me}`), onSuccess });
  const mine = list.data?.find(({ user }) => user.id === me);
  return (
    <Section title={t('entry.absence')}>
      <div className="section-pad">
        {list.error ? (
          <ErrorState error={list.error} onRetry={() => list.refetch()} />
        ) : !list.data ? (
          <Lines rows={1} />
        ) : (
          <>
            <p>
              {mine
                ? t(mine.deputy ? 'entry.awayDeputy' : 'entry.away', {
                    from: format.date(mine.from),
                    to: format.date(mine.to),
                    deputy: mine.deputy?.name ?? '',
                  })
                : t('entry.absenceText')}
            </p>
            <span className="me-line">
              <Button onClick={() => setSetting(true)}>
                {t(mine ? 'entry.absenceChange' : 'entry.absenceSet')}
              </Button>
              {mine && (
                <Button
                  loading={end.isPending}
                  onClick={() =>
                    end.mutate(undefined, { onError: (cause) => message.error(errorText(cause, t).text) })
                  }
                >
                  {t('entry.absenceEnd')}
                </Button>
              )}
            </span>
          </>
        )}
      </div>
      <FormDrawer<Values>
        open={setting}
        onClose={() => setSetting(false)}
        title={t('entry.absence')}
        sub={t('entry.absenceText')}
        submit={t('action.save')}
        done={t('state.saved')}
        initial={mine ? { from: mine.from, to: mine.to, deputy: mine.deputy?.id } : { from: format.today }}
        onSubmit={(values) => save.mutateAsync(values)}
      >
        <DateField name="from" label={t('entry.absenceFrom')} />
        <DateField name="to" label={t('entry.absenceTo')} />
        <SelectField
          name="deputy"
          label={t('entry.deputy')}
          clear
          options={names.filter(({ id }) => id !== me).map(({ id, name }) => ({ value: id, label: name }))}
        />
      </FormDrawer>
    </Section>
  );
}
