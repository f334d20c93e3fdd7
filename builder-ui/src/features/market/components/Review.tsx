import { CheckCircleOutlined, CloseCircleOutlined, ExclamationCircleOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip, type Tone } from '@/shared/ui/Chip';
import type { Need, Plan, Reach } from '../api/packs';
import { byKind, findingsOf, type PlanObject, problemsBut } from '../model/plan';

const toneOf: Record<PlanObject['action'], Tone> = {
  add: 'green',
  update: 'blue',
  keep: 'neutral',
  same: 'neutral',
  conflict: 'amber',
  gone: 'amber',
  propose: 'violet',
};

/** What an install would do, told before anything is done. */
export function Review({ plan }: { plan: Plan }) {
  const { t } = useTranslation();
  const problems = problemsBut(plan.problems);
  return (
    <>
      <Needs needs={plan.needs ?? []} />
      {problems.length > 0 && (
        <Part title={t('market.problems')}>
          <ul>
            {problems.map((problem) => (
              <Line key={`${problem.pointer}${problem.message}`} bad>
                {problem.message}
              </Line>
            ))}
          </ul>
        </Part>
      )}
      {(plan.reach ?? []).length > 0 && (
        <Part title={t('market.reach')}>
          {(plan.reach ?? []).map((reach) => (
            <Reached key={reach.flow} reach={reach} plan={plan} />
          ))}
        </Part>
      )}
      {byKind(plan.objects).map(({ kind, objects }) => (
        <Part key={kind} title={t(`market.kind.${kind}`)} count={objects.length}>
          <ul>
            {objects.map((object) => (
              <ObjectLine key={object.key} object={object} />
            ))}
          </ul>
        </Part>
      ))}
      {(plan.skipped ?? []).length > 0 && (
        <Part title={t('market.skipped')}>
          <ul>
            {(plan.skipped ?? []).map((line) => (
              <Line key={line}>{line}</Line>
            ))}
          </ul>
        </Part>
      )}
    </>
  );
}

function Part({ title, count, children }: { title: string; count?: number; children: React.ReactNode }) {
  return (
    <div className="pack-part">
      <h3 className="pack-part-title">
        {title}
        {count !== undefined && <span className="section-count num">{count}</span>}
      </h3>
      {children}
    </div>
  );
}

function Line({ bad, children }: { bad?: boolean; children: React.ReactNode }) {
  return (
    <li className={bad ? 'pack-line pack-bad' : 'pack-line'}>
      <ExclamationCircleOutlined aria-hidden />
      <span>{children}</span>
    </li>
  );
}

/** Only what is missing: a list of what is fine helps nobody decide. */
function Needs({ needs }: { needs: Need[] }) {
  const { t } = useTranslation();
  const missing = needs.filter(({ ok }) => !ok);
  if (missing.length === 0)
    return (
      <p className="pack-line pack-good">
        <CheckCircleOutlined aria-hidden />
        <span>{t('market.needsMet')}</span>
      </p>
    );
  return (
    <Part title={t('market.needs')}>
      <ul>
        {missing.map(({ kind, what, blocking }) => (
          <li key={`${kind}${what}`} className={blocking ? 'pack-line pack-bad' : 'pack-line pack-warn'}>
            {blocking ? <CloseCircleOutlined aria-hidden /> : <ExclamationCircleOutlined aria-hidden />}
            <span>
              {t(`market.need.${kind}`, {
                what: kind === 'channel' ? t(`channel.${what}`, { defaultValue: what }) : what,
              })}{' '}
              {kind === 'channel' && <Link to="/settings/channels">{t('market.setUp')}</Link>}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

function ObjectLine({ object }: { object: PlanObject }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className="pack-object">
      <div className="pack-object-line">
        <span className="row-title" dir="auto">
          {format.text(object.name) ||
            (object.kind === 'forms'
              ? t(`market.form.${object.as}`, { defaultValue: object.as })
              : object.as)}
        </span>
        {object.as !== object.key && object.kind !== 'calendars' && (
          <code className="list-sub">{object.as}</code>
        )}
        <Chip tone={toneOf[object.action] ?? 'neutral'}>{t(`market.will.${object.action}`)}</Chip>
      </div>
      {(object.issues ?? []).length > 0 && (
        <ul>
          {findingsOf(object.issues ?? []).map(({ issue, count }) => (
            <Line key={format.text(issue.message)} bad={issue.severity === 'error'}>
              {format.text(issue.message)}
              {count > 1 && ` ${t('market.findingSteps', { count })}`}
            </Line>
          ))}
        </ul>
      )}
    </li>
  );
}

function Reached({ reach, plan }: { reach: Reach; plan: Plan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const flow = plan.objects?.find(
    ({ kind, key, as }) => kind === 'flows' && (key === reach.flow || as === reach.flow),
  );
  const channels = Object.entries(reach.channels ?? {}).filter(([, count]) => count > 0);
  const sample = (reach.sample ?? []).slice(0, 3);
  const name = format.text(flow?.name) || reach.flow;
  const some = (count: number) => {
    const number = format.number(count);
    return reach.atLeast ? t('market.reachAtLeast', { number }) : number;
  };
  if (reach.unknown)
    return (
      <div className="pack-reach">
        <p>{t('market.reachUnknown', { name })}</p>
      </div>
    );
  if (reach.starts)
    return (
      <div className="pack-reach">
        <p>{t('market.reachStarts', { name, starts: format.text(reach.starts) })}</p>
      </div>
    );
  return (
    <div className="pack-reach">
      <p>
        {t(reach.form === 'customer' ? 'market.reachCustomers' : 'market.reachInvoices', {
          count: reach.count,
          number: some(reach.count),
          customers: t('market.customers', { count: reach.customers, number: some(reach.customers) }),
          name,
        })}
      </p>
      {sample.length > 0 && (
        <p className="list-sub">
          {t('market.reachSample', { names: sample.map(({ label }) => label).join(t('market.comma')) })}
        </p>
      )}
      {channels.length > 0 && (
        <ul className="pack-channels">
          {channels.map(([channel, count]) => (
            <li key={channel}>
              <Chip>
                {t(`channel.${channel}`, { defaultValue: channel })} {format.number(count)}
              </Chip>
            </li>
          ))}
        </ul>
      )}
      {reach.nobody > 0 && (
        <p className="pack-line pack-warn">
          <ExclamationCircleOutlined aria-hidden />
          <span>{t('market.reachNobody', { count: reach.nobody })}</span>
        </p>
      )}
    </div>
  );
}
