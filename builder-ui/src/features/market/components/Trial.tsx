import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import { ErrorState, Lines } from '@/shared/ui/states';
import { type Moment, type PackDetail, type TrialAccount, useTrial } from '../api/packs';
import { langs } from '../model/catalog';
import { Samples } from './Samples';

/** What the pack would do from today on with customers that it brings along: nothing is stored or sent. */
export function Trial({ pack, canWrite }: { pack: PackDetail; canWrite: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [lang, setLang] = useState<Lang>(format.lang);
  const { data, error, refetch } = useTrial(pack.id, pack.file, lang);
  if (data && !data.trial && !data.there) return null;
  const trial = data?.trial;
  return (
    <Section
      title={t('market.trial.title')}
      className="pack-trial"
      extra={
        <Segmented<Lang>
          size="small"
          aria-label={t('market.trial.language')}
          value={lang}
          options={langs.map((value) => ({ value, label: t(`lang.${value}`) }))}
          onChange={setLang}
        />
      }
    >
      {error && !data ? (
        <ErrorState error={error} onRetry={() => refetch()} />
      ) : !data ? (
        <Lines rows={6} />
      ) : (
        <>
          {trial && (
            <p className="pack-trial-text">
              {t('market.trial.text', { from: format.date(trial.from), to: format.date(trial.to) })}
            </p>
          )}
          {trial?.accounts.map((account) => (
            <Account key={account.id} account={account} lang={trial.language} />
          ))}
          {canWrite && <Samples pack={pack} there={data.there} language={lang} />}
        </>
      )}
    </Section>
  );
}

function Account({ account, lang }: { account: TrialAccount; lang: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <article className="trial-account" aria-label={account.name}>
      <h3 className="trial-name" lang={lang}>
        {account.name}
        {account.tier && <Chip>{t('customer.tierOf', { tier: account.tier })}</Chip>}
      </h3>
      <p className="trial-about" lang={lang}>
        {account.about}
      </p>
      {account.invoices.length > 0 && (
        <ul className="trial-invoices">
          {account.invoices.map((invoice) => (
            <li key={invoice.number} className="num">
              {t('market.trial.invoice', {
                number: invoice.number,
                amount: format.money(invoice.open, invoice.currency),
                due: format.date(invoice.due),
              })}
            </li>
          ))}
        </ul>
      )}
      {account.moments.length > 0 ? (
        <ol className="trial-moments" aria-label={t('market.trial.course', { name: account.name })}>
          {account.moments.map((moment, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: what happens keeps its order
            <li key={`${at}${moment.at}`} className={`trial-moment trial-${moment.kind}`}>
              <span className="trial-day num">{format.date(moment.on)}</span>
              <What moment={moment} lang={lang} />
            </li>
          ))}
        </ol>
      ) : (
        <p className="trial-nothing">{t('market.trial.nothing')}</p>
      )}
    </article>
  );
}

/** What happens: the pack's own moments by their names, the customer's in words. */
function What({ moment, lang }: { moment: Moment; lang: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const name =
    format.text(moment.title ?? undefined) ||
    t(`market.trial.${moment.kind}`, {
      amount: moment.amount ? format.money(moment.amount, moment.currency ?? '') : '',
      reason: moment.subject,
    });
  const kind =
    moment.kind === 'message'
      ? moment.channel && (
          <Chip tone="blue">{t(`channel.${moment.channel}`, { defaultValue: moment.channel })}</Chip>
        )
      : moment.kind === 'task' && <Chip tone="amber">{t('market.trial.forPerson')}</Chip>;
  if (!moment.text)
    return (
      <span className="trial-what">
        {name}
        {kind}
      </span>
    );
  return (
    <details className="trial-what">
      <summary>
        {name}
        {kind}
      </summary>
      <div className="pack-words" lang={lang}>
        {moment.subject && <p className="pack-subject">{moment.subject}</p>}
        <p className="pack-text">{moment.text}</p>
      </div>
    </details>
  );
}
