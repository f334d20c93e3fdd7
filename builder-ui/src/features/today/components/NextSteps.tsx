import { CheckCircleFilled } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFlows } from '@/shared/api/flows';
import { useMe } from '@/shared/api/session';
import { Section } from '@/shared/ui/Page';
import { useChannelStates } from '../api/today';
import { firstSteps, type Step } from '../model/steps';

/** What is still to be done until the first reminder goes out; gone once it does. */
export function NextSteps({ hasInvoices }: { hasInvoices: boolean }) {
  const { t } = useTranslation();
  const { can, workspace } = useMe();
  const wanted = !workspace.demo && can['flow.publish'] === true;
  const flows = useFlows();
  const channels = useChannelStates(wanted);
  if (!wanted || !flows.data || !channels.data) return null;
  const steps = firstSteps({ hasInvoices, flows: flows.data, channels: channels.data });
  if (steps.every(({ done }) => done)) return null;
  const now = steps.find(({ done }) => !done);
  return (
    <Section title={t('today.first.title')} className="first-steps">
      <ol className="first-list">
        {steps.map((step, at) => (
          <StepLine key={step.key} step={step} number={at + 1} now={step === now} />
        ))}
      </ol>
    </Section>
  );
}

function StepLine({ step: { key, done, links }, number, now }: { step: Step; number: number; now: boolean }) {
  const { t } = useTranslation();
  return (
    <li className={done ? 'first-step first-done' : 'first-step'} aria-current={now ? 'step' : undefined}>
      <span className="first-mark num" aria-hidden>
        {done ? <CheckCircleFilled /> : number}
      </span>
      <div className="first-body">
        <p className="first-name">
          {t(`today.first.${key}`)}
          {done && <span className="sr-only">{t('today.first.done')}</span>}
        </p>
        {!done && <p className="list-sub">{t(`today.first.${key}Text`)}</p>}
      </div>
      {!done && (
        <span className="first-links">
          {links.map(({ to, text }, at) => (
            <Link key={to} to={to}>
              {now && at === 0 ? (
                <Button type="primary">{t(`today.first.${text}`)}</Button>
              ) : (
                t(`today.first.${text}`)
              )}
            </Link>
          ))}
        </span>
      )}
    </li>
  );
}
