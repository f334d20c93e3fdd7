import { Button, Progress, Segmented, Select, Switch } from 'antd';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { CustomerPick } from '@/shared/ui/CustomerPick';
import { DayInput } from '@/shared/ui/DayInput';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useRehearsal } from '../api/rehearsal';
import { addDays } from '../model/rehearsal';
import { Field } from '../panel/Field';
import { Results } from './Results';
import { useDocuments, type Which } from './useDocuments';

type Preset = 'next30' | 'back3' | 'own';

/** A flow played on real records and a clock of its own: who would hear from us, when and why. */
export default function RehearsalTab({ flowKey }: { flowKey: string }) {
  const { t } = useTranslation();
  const { today } = useFormat();
  const canPublish = useCan('flow.publish');
  const { again, documents, error, ready } = useDocuments(flowKey);
  const [which, setWhich] = useState<Which>('draft');
  const [against, setAgainst] = useState<Which>();
  const [preset, setPreset] = useState<Preset>('next30');
  const [own, setOwn] = useState({ from: today, to: addDays(today, 30) });
  const [customer, setCustomer] = useState<{ id: string; name: string }>();
  const [alone, setAlone] = useState(false);
  const [asked, setAsked] = useState<{
    from: string;
    to: string;
    customer?: { id: string; name: string };
    which: Which;
    against?: Which;
  }>();
  const first = useRehearsal();
  const second = useRehearsal();
  const range = useMemo(
    () =>
      preset === 'next30'
        ? { from: today, to: addDays(today, 30) }
        : preset === 'back3'
          ? { from: addDays(today, -91), to: addDays(today, -1) }
          : own,
    [preset, own, today],
  );
  useEffect(() => {
    if (against && (against === which || !documents[against])) setAgainst(undefined);
  }, [against, which, documents]);
  if (error) return <ErrorState error={error} onRetry={again} />;
  if (!ready)
    return (
      <div className="page">
        <Lines rows={6} />
      </div>
    );
  const badRange = !range.from || !range.to || range.to < range.from;
  const running = first.status === 'running' || second.status === 'running';
  const kinds = (['draft', 'mine', 'live'] as const).filter((kind) => documents[kind]);
  const start = () => {
    const ask = { ...range, customer: customer?.id, alone };
    setAsked({ ...range, customer, which, against });
    void first.start({ ...ask, document: documents[which] });
    if (against) void second.start({ ...ask, document: documents[against] });
  };
  const cancel = () => {
    first.cancel();
    second.cancel();
  };
  const { done, total } = first.result.progress;
  return (
    <div className="page page-wide rehearsal">
      <p className="page-sub">{t('designer.rehearsal.about')}</p>
      <form
        className="section rehearsal-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (!badRange && !running) start();
        }}
      >
        <Field label={t('designer.rehearsal.which')}>
          {({ id }) => (
            <Select
              id={id}
              value={which}
              options={kinds.map((kind) => ({ value: kind, label: t(`designer.rehearsal.${kind}`) }))}
              onChange={setWhich}
            />
          )}
        </Field>
        <Field label={t('designer.rehearsal.compare')}>
          {({ id }) => (
            <Select
              id={id}
              value={against ?? 'nothing'}
              options={[
                { value: 'nothing', label: t('designer.rehearsal.nothing') },
                ...kinds
                  .filter((kind) => kind !== which)
                  .map((kind) => ({ value: kind, label: t(`designer.rehearsal.${kind}`) })),
              ]}
              onChange={(kind) => setAgainst(kind === 'nothing' ? undefined : (kind as Which))}
            />
          )}
        </Field>
        <Field
          group
          label={t('designer.rehearsal.range')}
          error={badRange ? t('designer.rehearsal.badRange') : undefined}
        >
          {() => (
            <div className="rehearsal-range">
              <Segmented
                aria-label={t('designer.rehearsal.range')}
                value={preset}
                options={(['next30', 'back3', 'own'] as const).map((value) => ({
                  value,
                  label: t(`designer.rehearsal.${value}`),
                }))}
                onChange={(value) => {
                  if (value === 'own') setOwn(range);
                  setPreset(value);
                }}
              />
              {preset === 'own' && (
                <span className="prop-row">
                  {(['from', 'to'] as const).map((end) => (
                    <DayInput
                      key={end}
                      aria-label={t(`designer.rehearsal.${end}`)}
                      value={own[end]}
                      required
                      onChange={(day) => setOwn({ ...own, [end]: day })}
                    />
                  ))}
                </span>
              )}
            </div>
          )}
        </Field>
        <Field label={t('designer.rehearsal.customer')}>
          {({ id }) => (
            <CustomerPick
              id={id}
              value={customer}
              onChange={setCustomer}
              placeholder={t('designer.rehearsal.everyone')}
            />
          )}
        </Field>
        <Field label={t('designer.rehearsal.alone')} help={t('designer.rehearsal.aloneHelp')}>
          {({ id, describedBy }) => (
            <Switch id={id} checked={alone} onChange={setAlone} aria-describedby={describedBy} />
          )}
        </Field>
        <div className="rehearsal-go">
          {/* Two buttons, not one that changes: a click that cancels must not submit as well. */}
          {running ? (
            <Button key="cancel" onClick={cancel}>
              {t('designer.rehearsal.cancel')}
            </Button>
          ) : (
            <Button key="start" type="primary" htmlType="submit" disabled={badRange}>
              {t('designer.rehearsal.start')}
            </Button>
          )}
        </div>
      </form>
      {running && (
        <div className="rehearsal-progress" role="status">
          <Progress
            percent={total ? Math.round((done / total) * 100) : 0}
            showInfo={false}
            size="small"
            aria-label={t('designer.rehearsal.title')}
          />
          <span className="num">{t('designer.rehearsal.progress', { done, total })}</span>
        </div>
      )}
      {first.status === 'cancelled' && <p className="rehearsal-note">{t('designer.rehearsal.cancelled')}</p>}
      {first.status === 'failed' && (
        <div className="rehearsal-note" role="alert">
          {t('designer.rehearsal.failed')}
          {first.result.problem ? t('designer.pause') + first.result.problem : ''}
        </div>
      )}
      {first.status === 'done' && asked?.which === 'draft' && canPublish && (
        <p className="rehearsal-next">
          {t('designer.rehearsal.next')}{' '}
          <Link to={`/flows/${encodeURIComponent(flowKey)}?publish=1`}>
            {t('designer.rehearsal.toPublish')}
          </Link>
        </p>
      )}
      {first.status === 'done' && first.result.totals?.accounts === 0 ? (
        <div className="section">
          <Empty
            title={t('designer.rehearsal.nobody')}
            text={t('designer.rehearsal.nobodyText')}
            action={<Link to="/import">{t('designer.rehearsal.nobodyImport')}</Link>}
          />
        </div>
      ) : asked && first.status !== 'idle' ? (
        <Results
          asked={asked}
          first={first.result}
          second={asked.against ? second.result : undefined}
          done={!running}
          document={documents[asked.which]}
        />
      ) : (
        <div className="section">
          <Empty title={t('designer.rehearsal.empty')} text={t('designer.rehearsal.emptyText')} />
        </div>
      )}
    </div>
  );
}
