import { useTranslation } from 'react-i18next';
import type { Account, Next, Run } from '@/shared/api/types';
import { formatTime } from '@/shared/lib/date';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';

type Props = { next: Next; timezone?: string; runs: Run[]; account: Account; hasOpen: boolean };

/** When this customer hears from us next, and why then; or why not. */
export function NextContact({ next, timezone, runs, account, hasOpen }: Props) {
  const { t } = useTranslation();
  return (
    <Section title={t('next.title')} className="next">
      {next ? (
        <Planned next={next} timezone={timezone} runs={runs} account={account} />
      ) : (
        <p className="next-none">{t(nothing(account, hasOpen))}</p>
      )}
    </Section>
  );
}

type PlannedProps = { next: NonNullable<Next>; timezone?: string; runs: Run[]; account: Account };

function Planned({ next, timezone, runs, account }: PlannedProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const flow = format.text(next.flow.name) || next.flow.key;
  const run = runs.find(({ id }) => id === next.run);
  const subject = run?.subject.form === 'invoice' ? run.subject.label : undefined;
  return (
    <div className="next-body">
      <div className="next-when">
        <time className="next-date num" dateTime={next.at}>
          {format.instant(next.at)}
        </time>
        <span className="next-relative">{format.relative(next.at)}</span>
        {timezone && timezone !== format.zone && (
          <span className="next-relative num">
            {t('next.local', { time: formatTime(next.at, format.locale, timezone) })}
          </span>
        )}
      </div>
      <div className="next-what">
        <p className="next-sentence">{format.text(next.sentence)}</p>
        <p className="next-flow num">{subject ? t('next.subject', { subject, flow }) : flow}</p>
        {next.blocked && (
          <p className="next-blocked">
            <Chip tone="amber">{t('next.blocked')}</Chip> {format.reason(next.blocked.text)}
          </p>
        )}
        <ul className="why" aria-label={t('next.why')}>
          {next.stepAt && <li>{t('next.moved', { date: format.instant(next.stepAt) })}</li>}
          {(next.why ?? []).filter(notTwice(next, account)).map((reason) => (
            <li key={reason.key}>{format.reason(reason.text)}</li>
          ))}
          <BudgetReason next={next} account={account} />
          <li>{t('next.whyChecked')}</li>
        </ul>
      </div>
    </div>
  );
}

/** The step's own moment, before the contact rules have their say. */
const planned = (next: NonNullable<Next>) => Date.parse(next.stepAt ?? next.at);

/** The budget's own line says until when; the plain reason beside it would be the same once more. */
const notTwice =
  (next: NonNullable<Next>, { contacts }: Account) =>
  ({ key }: { key: string }) =>
    key !== 'budget' || !contacts.nextAllowed || Date.parse(contacts.nextAllowed) <= planned(next);

/** How the contact budget bears on the planned moment. */
function BudgetReason({ next, account }: { next: NonNullable<Next>; account: Account }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { last, nextAllowed } = account.contacts;
  if (nextAllowed && Date.parse(nextAllowed) > planned(next))
    return <li>{t('next.whyBudget', { date: format.instant(nextAllowed) })}</li>;
  if (last) return <li>{t('next.whyLast', { date: format.instant(last) })}</li>;
  return null;
}

function nothing(account: Account, hasOpen: boolean): string {
  if (account.stopWish) return 'next.noneStop';
  if (account.hold) return 'next.noneHold';
  return hasOpen ? 'next.none' : 'next.nonePaid';
}
