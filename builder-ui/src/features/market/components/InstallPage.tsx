import { Alert, Button, Checkbox } from 'antd';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useDebounced } from '@/shared/lib/useDebounced';
import { useFormat } from '@/shared/lib/useFormat';
import { Page } from '@/shared/ui/Page';
import { ErrorState, PageSkeleton, useErrorText } from '@/shared/ui/states';
import { type Applied, type Plan, useApply, usePlan } from '../api/packs';
import { hindrances, type PlanBody, problemsOf, type Take } from '../model/plan';
import { type Answers, answersOf, faultsOf } from '../model/questions';
import { Calendars } from './Calendars';
import { Conflicts } from './Conflicts';
import { Done } from './Done';
import { FieldsStep } from './FieldsStep';
import { Questions } from './Questions';
import { Review } from './Review';
import { Roles } from './Roles';

type Step = 'questions' | 'fields' | 'review';
type Props = { id: string; file?: string; rollback: boolean };

/** Installing in three calm steps. Everything is a plan until "Apply"; what was chosen survives a refusal. */
export function InstallPage({ id, file, rollback }: Props) {
  const [typed, setTyped] = useState<Answers>({});
  const [fields, setFields] = useState<Record<string, string>>({});
  const [take, setTake] = useState<Take>({});
  /** What the reader accepts: a package without signature, or one signed by a key that nobody here trusts. */
  const [accepted, setAccepted] = useState('');
  const [granted, setGranted] = useState<string[]>([]);
  const [wanted, setWanted] = useState<string[]>([]);
  const [done, setDone] = useState<Applied>();
  const settled = useDebounced(typed, 350);
  const body: PlanBody = {
    id,
    ...(file && { file }),
    ...(rollback && { rollback }),
    ...(Object.keys(settled).length > 0 && { params: settled }),
    ...(Object.keys(fields).length > 0 && { fields }),
    ...(Object.keys(take).length > 0 && { take }),
    ...(accepted && { accept: [accepted] }),
    ...(granted.length > 0 && { grant: granted }),
    ...(wanted.length > 0 && { calendars: wanted }),
  };
  const query = usePlan(body as PlanBody);
  const apply = useApply();
  // A refused answer leaves the last plan in place, and with it everything typed.
  const last = useRef<Plan>(undefined);
  if (query.data) last.current = query.data;
  const plan = last.current;
  if (done && plan) return <Done applied={done} plan={plan} />;
  if (!plan)
    return query.error ? (
      <div className="page">
        <ErrorState error={query.error} onRetry={() => query.refetch()} level={1} />
      </div>
    ) : (
      <PageSkeleton />
    );
  const current = settled === typed && !query.isPlaceholderData && !query.error;
  return (
    <Steps
      plan={plan}
      file={file}
      busy={!current || query.isFetching}
      rollback={rollback}
      refused={query.error}
      typed={typed}
      onType={(name, value) => setTyped((was) => ({ ...was, [name]: value }))}
      fields={fields}
      onField={(path, to) => setFields((was) => ({ ...was, [path]: to }))}
      take={take}
      onTake={setTake}
      granted={granted}
      onGrant={setGranted}
      wanted={wanted}
      onWant={setWanted}
      accepted={accepted}
      onAccept={setAccepted}
      applying={apply.isPending}
      failed={apply.error}
      onApply={() =>
        apply.mutate(
          { ...(body as PlanBody), hash: plan.hash },
          {
            onSuccess: setDone,
            // The workspace moved on since the plan was made: make it again, to be looked at again.
            onError: (error) => error instanceof ApiError && error.status === 409 && query.refetch(),
          },
        )
      }
    />
  );
}

type StepsProps = {
  plan: Plan;
  file?: string;
  busy: boolean;
  rollback: boolean;
  refused: unknown;
  typed: Answers;
  onType: (name: string, value: unknown) => void;
  fields: Record<string, string>;
  onField: (path: string, to: string) => void;
  take: Take;
  onTake: (take: Take) => void;
  granted: string[];
  onGrant: (granted: string[]) => void;
  wanted: string[];
  onWant: (wanted: string[]) => void;
  accepted: string;
  onAccept: (accepted: string) => void;
  applying: boolean;
  failed: unknown;
  onApply: () => void;
};

function Steps(props: StepsProps) {
  const { plan, busy, take } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const hasQuestions = Object.keys(plan.params?.properties ?? {}).length > 0 && !props.rollback;
  const hasFields = (plan.fields ?? []).length > 0 && !props.rollback;
  const steps: Step[] = [
    ...(hasQuestions ? (['questions'] as const) : []),
    ...(hasFields ? (['fields'] as const) : []),
    'review',
  ];
  const [chosen, setStep] = useState<Step>(steps[0] ?? 'review');
  const at = Math.max(0, steps.indexOf(chosen));
  const step = steps[at] as Step;
  const answers = answersOf(plan.params, plan.answers, props.typed);
  const faults = hasQuestions ? faultsOf(plan.params, answers) : {};
  const wrong = Object.keys(faults).length > 0;
  const stops = hindrances(plan, take, props.file !== undefined, props.accepted !== '');
  const name = format.text(plan.name) || plan.id;
  const title = useRef<HTMLHeadingElement>(null);
  const first = useRef(step);
  useEffect(() => {
    if (first.current === step) return;
    first.current = step;
    title.current?.focus();
  }, [step]);
  return (
    <>
      <nav className="page crumbs pack-crumbs" aria-label={t('nav.crumbs')}>
        <Link to="/market">{t('nav.market')}</Link> / <Link to={`/market/${plan.id}`}>{name}</Link>
      </nav>
      <Page title={t(`market.title.${plan.action}`, { name, version: plan.version })} sub={t('market.draft')}>
        <div className="pack-install">
          <ol className="pack-steps" aria-label={t('market.stepsLabel')}>
            {steps.map((one, place) => (
              <li key={one}>
                <button
                  type="button"
                  className={one === step ? 'pack-step active' : 'pack-step'}
                  aria-current={one === step ? 'step' : undefined}
                  disabled={wrong && place > at}
                  onClick={() => setStep(one)}
                >
                  <span className="pack-step-number num">{place + 1}</span>
                  {t(`market.step.${one}`)}
                </button>
              </li>
            ))}
          </ol>
          <section className="section pack-panel" aria-labelledby="pack-step-title">
            <h2 id="pack-step-title" className="pack-step-title" tabIndex={-1} ref={title}>
              {t(`market.stepTitle.${step}`)}
            </h2>
            {step === 'questions' && (
              <Questions
                schema={plan.params}
                answers={answers}
                faults={faults}
                told={problemsOf(plan.problems)}
                onType={props.onType}
              />
            )}
            {step === 'fields' && (
              <FieldsStep fields={plan.fields ?? []} chosen={props.fields} onField={props.onField} />
            )}
            {step === 'review' && (
              <>
                <Conflicts plan={plan} take={take} onTake={props.onTake} />
                <Review plan={plan} />
                {!props.rollback && <Calendars plan={plan} wanted={props.wanted} onWant={props.onWant} />}
                <Roles plan={plan} granted={props.granted} onGrant={props.onGrant} />
                <Trust {...props} />
              </>
            )}
            <Refusal failed={props.failed ?? props.refused} />
            <Foot
              busy={busy}
              stops={step === 'review' ? stops.map((stop) => t(`market.stop.${stop}`)) : []}
              back={at > 0 ? () => setStep(steps[at - 1] as Step) : undefined}
            >
              {step === 'review' ? (
                <Button
                  type="primary"
                  loading={props.applying}
                  disabled={busy || wrong || stops.length > 0 || plan.action === 'older'}
                  onClick={props.onApply}
                >
                  {t(`market.apply.${plan.action}`)}
                </Button>
              ) : (
                <Button type="primary" disabled={wrong} onClick={() => setStep(steps[at + 1] as Step)}>
                  {t('action.next')}
                </Button>
              )}
            </Foot>
          </section>
        </div>
      </Page>
    </>
  );
}

function Trust({ plan, file, accepted, onAccept }: StepsProps) {
  const { t } = useTranslation();
  if (!file || plan.trusted) return null;
  return (
    <Alert
      className="pack-alert"
      type="warning"
      showIcon
      title={t(plan.signed ? 'market.notTrusted' : 'market.unsigned')}
      description={
        <>
          {plan.signed && plan.fingerprint && (
            <p className="pack-key">
              {t('market.signer', { name: plan.publisher, fingerprint: plan.fingerprint })}{' '}
              <Link to="/settings/publishers">{t('market.trustAlways')}</Link>
            </p>
          )}
          <Checkbox
            checked={accepted !== ''}
            onChange={({ target }) =>
              onAccept(target.checked ? (plan.signed && plan.key ? plan.key : 'unsigned') : '')
            }
          >
            {t('market.accept')}
          </Checkbox>
        </>
      }
    />
  );
}

function Refusal({ failed }: { failed: unknown }) {
  const { t } = useTranslation();
  const { title, text } = useErrorText(failed);
  if (!failed) return null;
  const moved = failed instanceof ApiError && failed.status === 409;
  return (
    <Alert
      className="pack-alert"
      type={moved ? 'warning' : 'error'}
      role="alert"
      showIcon
      title={moved ? t('market.moved') : title}
      description={moved ? t('market.movedText') : text}
    />
  );
}

type FootProps = { busy: boolean; stops: string[]; back?: () => void; children: ReactNode };

function Foot({ busy, stops, back, children }: FootProps) {
  const { t } = useTranslation();
  return (
    <div className="pack-foot">
      <p className="pack-foot-note" role="status">
        {stops.length > 0 ? stops.join(' ') : busy ? t('market.checking') : ''}
      </p>
      {back && <Button onClick={back}>{t('action.back')}</Button>}
      {children}
    </div>
  );
}
