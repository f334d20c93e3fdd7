import { App, Button, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { usePreviewTiers, useRunTiers, useSaveTiers, useTierSettings } from '../api/tiers';
import { fromForm, type Outlook, type Round, type Scoring, type TierSettings, toForm } from '../model/tiers';
import { ScoringFields } from './ScoringFields';
import { TierOutlook } from './TierOutlook';

export function TiersTab() {
  const settings = useTierSettings();
  if (settings.error) return <ErrorState error={settings.error} onRetry={() => settings.refetch()} />;
  if (!settings.data) return <Lines rows={8} />;
  return (
    <>
      <LastRound last={settings.data.last} />
      <Weights settings={settings.data} key={settings.data.version} />
    </>
  );
}

function LastRound({ last }: { last?: Round }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const canWrite = useCan('settings.write');
  const run = useRunTiers();
  const busy = Boolean(last && !last.finishedAt);
  return (
    <Section
      title={t('scoring.last')}
      className="settings-form settings-gap scoring"
      extra={
        canWrite && (
          <Button
            size="small"
            disabled={busy}
            loading={run.isPending}
            onClick={() =>
              run.mutate(undefined, { onError: (cause) => message.error(errorText(cause, t).text) })
            }
          >
            {t('scoring.runNow')}
          </Button>
        )
      }
    >
      <p className="list-sub">{t('scoring.text')}</p>
      <p role="status">
        {!last
          ? t('scoring.lastNone')
          : t(busy ? 'scoring.lastRunning' : 'scoring.lastLine', {
              at: format.instant(last.finishedAt ?? last.startedAt),
              seen: format.number(last.seen),
              changed: format.number(last.changed),
              fell: format.number(last.fell),
            })}
        {last && last.failed > 0 && ` ${t('scoring.failed', { count: last.failed })}`}
      </p>
    </Section>
  );
}

/** What was changed is shown in its effect first, and saved from there. */
function Weights({ settings }: { settings: TierSettings }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const canWrite = useCan('settings.write');
  const [form] = Form.useForm<Scoring>();
  const [outlook, setOutlook] = useState<{ scoring: Scoring; what: Outlook }>();
  const preview = usePreviewTiers();
  const save = useSaveTiers();
  const refused = (cause: unknown) => {
    const fields = cause instanceof ApiError ? Object.entries(cause.fields) : [];
    const placed = fields.map(([name, text]) => ({
      name: name.split('.').pop() as keyof Scoring,
      errors: [text],
    }));
    if (placed.length > 0) form.setFields(placed);
    else message.error(errorText(cause, t).text);
  };
  const look = (values: Scoring) => {
    const scoring = fromForm(values);
    preview.mutate(scoring, { onSuccess: (what) => setOutlook({ scoring, what }), onError: refused });
  };
  return (
    <>
      <Form
        form={form}
        layout="vertical"
        disabled={!canWrite}
        initialValues={toForm(settings.scoring)}
        onFinish={look}
        onValuesChange={() => setOutlook(undefined)}
      >
        <ScoringFields steps={settings.oldSteps} />
        {canWrite && (
          <div className="scoring-tools">
            <Button type={outlook ? 'default' : 'primary'} htmlType="submit" loading={preview.isPending}>
              {t('scoring.preview')}
            </Button>
            <Button
              type="text"
              onClick={() => {
                form.setFieldsValue(toForm(settings.defaults));
                setOutlook(undefined);
              }}
            >
              {t('scoring.defaults')}
            </Button>
          </div>
        )}
      </Form>
      {outlook && (
        <TierOutlook
          outlook={outlook.what}
          saving={save.isPending}
          onSave={() =>
            // Awaited: the new settings make this form anew, and a form that is gone hears nothing.
            save
              .mutateAsync({ scoring: outlook.scoring, version: settings.version })
              .then(() => message.success(t('scoring.savedText')), refused)
          }
        />
      )}
    </>
  );
}
