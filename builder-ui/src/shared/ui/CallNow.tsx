import { useTranslation } from 'react-i18next';
import { useCallNow } from '../api/calls';
import { useFormat } from '../lib/useFormat';
import { TextField } from './fields';

type Props = { customer: string };

/** What speaks against calling a customer now, in a sentence; nothing when nothing does. */
export function CallNotice({ customer }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const why = useCallNow(customer).data?.why;
  if (!why) return null;
  return (
    <p className="call-notice" role="status">
      {t(why.until ? 'call.againstUntil' : 'call.against', {
        reason: format.reason(why.text),
        date: why.until ? format.instant(why.until) : '',
      })}
    </p>
  );
}

/** In a form about a call: the notice, and where the workspace wants one a reason. */
export function CallReason({ customer }: Props) {
  const { t } = useTranslation();
  const needed = useCallNow(customer).data?.reasonNeeded;
  return (
    <>
      <CallNotice customer={customer} />
      {needed && (
        <TextField name="reason" label={t('call.reason')} extra={t('call.reasonHint')} rows={2} required />
      )}
    </>
  );
}
