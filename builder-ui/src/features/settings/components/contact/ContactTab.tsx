import { App, Button, Form } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCalendarName } from '@/shared/api/calendars';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import { Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useContactRules, usePresets, useSaveContactRules } from '../../api/contact';
import {
  type ContactRules,
  type ContactSettings,
  changedAgainst,
  fieldOf,
  type Preset,
  sentencesOf,
  withPreset,
} from '../../model/contact';
import { PresetCards } from './PresetCards';
import { PreviewPanel } from './PreviewPanel';
import { RuleFields } from './RuleFields';

export function ContactTab() {
  const settings = useContactRules();
  const presets = usePresets();
  const error = settings.error ?? presets.error;
  if (error)
    return (
      <ErrorState
        error={error}
        onRetry={() => {
          settings.refetch();
          presets.refetch();
        }}
      />
    );
  if (!settings.data || !presets.data)
    return (
      <div className="section">
        <Lines rows={8} />
      </div>
    );
  return <ContactForm settings={settings.data} presets={presets.data} />;
}

function ContactForm({ settings, presets }: { settings: ContactSettings; presets: Preset[] }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const canWrite = useCan('settings.write');
  const calendarName = useCalendarName();
  const save = useSaveContactRules();
  const [form] = Form.useForm<ContactRules>();
  // What is being edited began at this version, whatever others save meanwhile.
  const [base, setBase] = useState(settings);
  const [edited, setEdited] = useState<ContactRules>();
  const [overtaken, setOvertaken] = useState(false);
  const rules = edited ?? base.rules;
  const preset = presets.find(({ key }) => key === rules.preset);

  const put = (next: ContactRules | undefined) => {
    setEdited(next);
    form.setFieldsValue(next ?? base.rules);
  };
  const start = (from: ContactSettings) => {
    setBase(from);
    setEdited(undefined);
    setOvertaken(false);
    form.setFieldsValue(from.rules);
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what others saved makes a form that nobody edits begin anew
  useEffect(() => {
    if (!edited && settings.version !== base.version) start(settings);
  }, [settings]);
  const fresh = settings.version !== base.version;
  const refused = (cause: unknown) => {
    if (cause instanceof ApiError && cause.status === 409) {
      setOvertaken(true);
      return;
    }
    if (cause instanceof ApiError)
      form.setFields(
        Object.entries(cause.fields).map(([path, text]) => ({
          name: fieldOf(path) as never,
          errors: [text],
        })),
      );
    message.error(errorText(cause, t).text);
  };
  const submit = () =>
    save.mutate(
      { rules, version: base.version },
      {
        onSuccess: (saved) => {
          start(saved);
          message.success(t('state.saved'));
        },
        onError: refused,
      },
    );

  return (
    <div className="conduct">
      <Form
        form={form}
        layout="vertical"
        initialValues={base.rules}
        onValuesChange={(_, all) => setEdited({ ...rules, ...all } as ContactRules)}
        onFinish={submit}
        disabled={!canWrite || save.isPending}
        requiredMark={false}
        className="conduct-form"
      >
        <PresetCards
          presets={presets}
          value={preset?.key ?? ''}
          changed={preset ? changedAgainst(rules, preset.rules) : []}
          disabled={!canWrite}
          onChoose={(key) => {
            const chosen = presets.find((each) => each.key === key);
            put(chosen ? withPreset(rules, chosen) : { ...rules, preset: '' });
          }}
        />
        <RuleFields rules={rules} onChange={put} />
        {canWrite && (
          <div className="conduct-save">
            {overtaken && (
              <div className="conduct-conflict" role="alert">
                <p>{t('conduct.conflict')}</p>
                <Button size="small" disabled={!fresh} onClick={() => start(settings)}>
                  {t('conduct.takeTheirs')}
                </Button>
                <Button
                  size="small"
                  disabled={!fresh}
                  onClick={() => {
                    setBase(settings);
                    setOvertaken(false);
                  }}
                >
                  {t('conduct.keepMine')}
                </Button>
              </div>
            )}
            <Button type="primary" htmlType="submit" loading={save.isPending} disabled={!edited || overtaken}>
              {t('action.save')}
            </Button>
            {edited && (
              <Button onClick={() => put(undefined)} disabled={save.isPending}>
                {t('conduct.discard')}
              </Button>
            )}
          </div>
        )}
      </Form>
      <div className="conduct-side">
        <Section title={t('conduct.inWords')}>
          <ul className="conduct-words" aria-live="polite">
            {sentencesOf(rules, calendarName(rules.calendar), t).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </Section>
        <PreviewPanel rules={edited} />
      </div>
    </div>
  );
}
