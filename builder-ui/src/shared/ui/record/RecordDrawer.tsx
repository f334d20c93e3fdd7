import { useQuery } from '@tanstack/react-query';
import { Alert, App, Button, Drawer, Grid } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError, api } from '../../api/client';
import { keys } from '../../api/query';
import { type FormRecord, useSaveRecord } from '../../api/records';
import type { Data, FormDoc } from '../../form/types';
import { useLeaveGuard } from '../../lib/useLeaveGuard';
import { ErrorState, errorText, Lines } from '../states';
import { RecordForm, useJudge, useWrongText } from './RecordForm';

type Props = {
  form: Pick<FormDoc, 'key' | 'schema' | 'layout'>;
  /** "new" for one that is not there yet. */
  id: string;
  title: string;
  /** What a new one starts with. */
  start?: Data;
  only?: (key: string) => boolean;
  /** More to do with it, at the left of the foot. */
  extra?: (record: FormRecord) => ReactNode;
  onClose: () => void;
};

/** One record, new or there already. The browser says what is wrong at once; the server has the last word. */
export function RecordDrawer(props: Props) {
  const { form, id, title, onClose } = props;
  const record = useQuery({
    queryKey: [...keys.records(form.key), 'one', id],
    queryFn: () => api.get<FormRecord>(`/records/${form.key}/${id}`),
    enabled: id !== 'new',
    staleTime: 0,
  });
  const phone = Grid.useBreakpoint().md === false;
  if (id === 'new' || record.data)
    return <Editor {...props} record={id === 'new' ? undefined : record.data} />;
  return (
    <Drawer open onClose={onClose} title={title} size={phone ? '100%' : 560}>
      {record.error ? (
        <ErrorState error={record.error} onRetry={() => record.refetch()} onClose={onClose} />
      ) : (
        <Lines rows={5} />
      )}
    </Drawer>
  );
}

function Editor({
  form,
  record,
  title,
  start: first,
  only,
  extra,
  onClose,
}: Props & { record?: FormRecord }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const phone = Grid.useBreakpoint().md === false;
  const judge = useJudge(form);
  const wrongText = useWrongText();
  const save = useSaveRecord(form.key, record);
  const [value, setValue] = useState<Data>(record?.data ?? first ?? {});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [rest, setRest] = useState<{ title: string; text: string }>();
  const [start] = useState(value);
  useLeaveGuard(value !== start);

  const submit = async () => {
    const settled = judge.settle(value);
    const wrong = wrongText(
      judge.validate(settled).filter(({ pointer }) => !record?.masked?.includes(pointer.split('/')[1] ?? '')),
    );
    setErrors(wrong);
    setRest(undefined);
    if (Object.keys(wrong).length > 0) return focusFirst();
    try {
      await save.mutateAsync(settled);
      message.success(t('state.saved'));
      onClose();
    } catch (cause) {
      const said: Record<string, string> = {};
      if (cause instanceof ApiError)
        for (const [name, text] of Object.entries(cause.fields)) said[name.split('.')[0] ?? ''] ??= text;
      setErrors(said);
      if (Object.keys(said).length === 0) setRest(errorText(cause, t));
      else focusFirst();
    }
  };
  const focusFirst = () =>
    requestAnimationFrame(() =>
      document
        .querySelector<HTMLElement>('.rf-field-bad input, .rf-field-bad button, .rf-field-bad textarea')
        ?.focus(),
    );

  return (
    <Drawer
      open
      onClose={onClose}
      title={title}
      size={phone ? '100%' : 560}
      footer={
        <div className="drawer-foot">
          {record && extra && <span className="drawer-foot-left">{extra(record)}</span>}
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button type="primary" loading={save.isPending} onClick={submit}>
            {t('action.save')}
          </Button>
        </div>
      }
    >
      <RecordForm
        form={form}
        value={value}
        onChange={(next) => {
          setValue(next);
          // What is being put right is not wrong any more until it is judged again.
          setErrors((now) =>
            Object.fromEntries(Object.entries(now).filter(([field]) => next[field] === value[field])),
          );
        }}
        errors={errors}
        record={record?.id}
        masked={record?.masked}
        disabled={save.isPending}
        only={only}
      />
      {rest && <Alert type="error" role="alert" showIcon title={rest.title} description={rest.text} />}
    </Drawer>
  );
}
