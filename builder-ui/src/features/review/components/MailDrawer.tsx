import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Alert, Form, Select, Switch, TimePicker } from 'antd';
import dayjs, { type Dayjs } from 'dayjs';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { useUserNames } from '@/shared/api/names';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { FormDrawer } from '@/shared/ui/FormDrawer';

type Plan = { on: boolean; weekday: number; minute: number; to: string[]; may?: string[]; mail?: boolean };
type Values = { on: boolean; weekday: number; time: Dayjs; to: string[] };
const key = ['review-mail'] as const;

/** When the review goes out by e-mail and to whom; each gets the figures of their own accounts. */
export default function MailDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const client = useQueryClient();
  const canWrite = useCan('settings.write');
  const names = useUserNames().data ?? [];
  const plan = useQuery({
    queryKey: key,
    queryFn: async () => {
      const [data, { version }] = await Promise.all([
        api.get<Plan>('/review/mail'),
        api.get<{ version: number }>('/workspace'),
      ]);
      return { ...data, version };
    },
    staleTime: 0,
  });
  if (!plan.data) return null;
  const { on, weekday, minute, to, may = [], mail, version } = plan.data;
  // A Sunday, from which the names of the days are counted.
  const dayName = (day: number) =>
    new Intl.DateTimeFormat(format.locale, { weekday: 'long', timeZone: 'UTC' }).format(
      new Date(Date.UTC(2023, 0, 1 + day)),
    );
  return (
    <FormDrawer<Values>
      open
      onClose={onClose}
      title={t('review.mail')}
      sub={t('review.mailText')}
      submit={t('action.save')}
      done={t('state.saved')}
      initial={{ on, weekday, to, time: dayjs().startOf('day').add(minute, 'minute') }}
      onSubmit={async ({ time, ...values }) => {
        if (!canWrite) return;
        const next = { ...values, minute: time.hour() * 60 + time.minute() };
        await api.put<Plan>('/review/mail', next, version);
        client.invalidateQueries({ queryKey: key });
      }}
    >
      {!mail && <Alert type="info" showIcon title={t('review.noMail')} className="entry-alert" />}
      <Form.Item name="on" label={t('review.mailOn')} valuePropName="checked">
        <Switch disabled={!canWrite} />
      </Form.Item>
      <Form.Item name="weekday" label={t('review.weekday')}>
        <Select
          disabled={!canWrite}
          options={[1, 2, 3, 4, 5, 6, 0].map((day) => ({ value: day, label: dayName(day) }))}
        />
      </Form.Item>
      <Form.Item name="time" label={t('review.time')} extra={format.zone}>
        <TimePicker
          format="HH:mm"
          minuteStep={5}
          needConfirm={false}
          disabled={!canWrite}
          allowClear={false}
        />
      </Form.Item>
      <Form.Item name="to" label={t('review.to')} extra={t('review.toHint')}>
        <Select
          mode="multiple"
          optionFilterProp="label"
          disabled={!canWrite}
          options={names
            .filter(({ id }) => may.includes(id))
            .map(({ id, name }) => ({ value: id, label: name }))}
        />
      </Form.Item>
    </FormDrawer>
  );
}
