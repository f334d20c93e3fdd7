import { useTranslation } from 'react-i18next';
import type { Account, Next, Reason } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';

type Props = { next: Next; account: Account; hasOpen: boolean };

/** When this customer hears from us next, and why then; or why not. */
export function NextContact({ next, account, hasOpen }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Section title={t('next.title')} className="next">
      {next ? (
        <div className="next-body">
          <div className="next-when">
            <time className="next-date num" dateTime={next.at}>
              {format.instant(next.at)}
            </time>
            <span className="next-relative">{format.relative(next.at)}</span>
          </div>
          <div className="next-what">
            <p className="next-sentence">{format.text(next.sentence)}</p>
            <p className="next-flow">{format.text(next.flow.name) || next.flow.key}</p>
            {next.blocked && (
              <p className="next-blocked">
                <Chip tone="amber">{t('next.blocked')}</Chip> {format.text(next.blocked.text)}
              </p>
            )}
            {next.why && next.why.length > 0 && <Why reasons={next.why} />}
          </div>
        </div>
      ) : (
        <p className="next-none">{t(nothing(account, hasOpen))}</p>
      )}
    </Section>
  );
}

function nothing(account: Account, hasOpen: boolean): string {
  if (account.stopWish) return 'next.noneStop';
  if (account.hold) return 'next.noneHold';
  return hasOpen ? 'next.none' : 'next.nonePaid';
}

function Why({ reasons }: { reasons: Reason[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className="why" aria-label={t('next.why')}>
      {reasons.map((reason) => (
        <li key={reason.key}>{format.text(reason.text)}</li>
      ))}
    </ul>
  );
}
