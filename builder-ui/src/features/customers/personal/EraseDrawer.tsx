import './texts';
import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CustomerPage } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { ErrorState, Lines } from '@/shared/ui/states';
import { type Erased, useErase, usePlan } from './erase';

type Props = { record: CustomerPage['record']; open: boolean; onClose: () => void };

/** Erases what names a customer: first what goes and what stays, then a reason and a typed confirmation. */
export default function EraseDrawer({ record, open, onClose }: Props) {
  const { t } = useTranslation();
  const plan = usePlan(record.id, open);
  const erase = useErase(record.id);
  const { name, number } = record.data;
  const ready = plan.data !== undefined && !plan.data.hinder && !plan.isFetching;
  return (
    <FormDrawer<{ reason: string; confirm: string }>
      open={open}
      onClose={onClose}
      title={t('customer.erase')}
      sub={name}
      submit={t('personal.erase')}
      danger
      blocked={!ready}
      done={t('personal.erased')}
      onSubmit={erase}
    >
      {plan.error ? (
        <ErrorState error={plan.error} onRetry={() => plan.refetch()} onClose={onClose} />
      ) : plan.data ? (
        <>
          {plan.data.hinder && (
            <Alert
              className="erase-part"
              type="warning"
              role="alert"
              showIcon
              title={t('personal.notYet')}
              description={plan.data.hinder.text}
            />
          )}
          <Goes plan={plan.data} />
          <Stays plan={plan.data} />
          {!plan.data.hinder && (
            <>
              <p>{t('personal.forGood')}</p>
              <TextField
                name="reason"
                label={t('personal.reason')}
                extra={t('personal.reasonHelp')}
                required
              />
              <TextField name="confirm" label={t('personal.confirm', { what: number || name })} required />
            </>
          )}
        </>
      ) : (
        <Lines rows={6} />
      )}
    </FormDrawer>
  );
}

const parts = [
  'customer',
  'records-contact',
  'records-invoice',
  'records-payment',
  'records-reminder',
  'messages',
  'heard',
  'tasks',
  'notes',
  'notices',
  'runs',
  'held',
  'tier',
  'working',
  'bin',
  'files',
  'audit',
  'tests',
];

function Goes({ plan }: { plan: Erased }) {
  const { t } = useTranslation();
  const format = useFormat();
  const counts = plan.counts.filter(({ n }) => n > 0);
  return (
    <section className="erase-part">
      <h3>{t('personal.goes')}</h3>
      <p className="list-sub">
        {t(counts.length > 0 ? 'personal.goesText' : 'personal.goesNothing', { mark: plan.mark })}
      </p>
      <dl className="facts">
        {counts.map(({ part, n }) => (
          <div key={part} className="erase-fact">
            <dt>
              {parts.includes(part)
                ? t(`personal.part.${part}`)
                : t('personal.part.other', { form: part.replace('records-', '') })}
            </dt>
            <dd className="num">{format.number(n)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Stays({ plan }: { plan: Erased }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="erase-part">
      <h3>{t('personal.stays')}</h3>
      <p className="list-sub">{t('personal.staysText')}</p>
      {plan.texts.length > 0 && (
        <details>
          <summary>{t('personal.words', { count: plan.texts.length })}</summary>
          <ul>
            {plan.texts.map(({ seq, type, at }) => (
              <li key={seq}>
                {format.instant(at)}:{' '}
                {t(`personal.event.${type.replace('.', '-')}`, t('personal.event.other'))}
              </li>
            ))}
          </ul>
        </details>
      )}
      {!!plan.oldLog && <p className="list-sub">{t('personal.oldLog', { count: plan.oldLog })}</p>}
    </section>
  );
}
