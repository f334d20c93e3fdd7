import { Alert, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';

/** What this browser kept of an earlier visit and the server never got. */
export function Leftover({ at, onTake, onDrop }: { at: number; onTake: () => void; onDrop: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Alert
      className="msg-alert"
      type="info"
      showIcon
      title={t('messages.leftover', { at: format.instant(new Date(at).toISOString()) })}
      action={
        <span className="inline">
          <Button size="small" type="primary" onClick={onTake}>
            {t('messages.takeUp')}
          </Button>
          <Button size="small" onClick={onDrop}>
            {t('messages.dropIt')}
          </Button>
        </span>
      }
    />
  );
}

type NotSavedProps = { error: unknown; kept: boolean; onRetry: () => void };

/** Why saving failed, for as long as it is true: a notice that goes away would be overlooked. */
export function NotSaved({ error, kept, onRetry }: NotSavedProps) {
  const { t } = useTranslation();
  // A conflict asks for itself.
  if (!error || (error instanceof ApiError && error.status === 409)) return null;
  const { title, text } = errorText(error, t);
  const status = error instanceof ApiError ? error.status : 500;
  const reason = status === 0 ? t('messages.noAnswer') : status < 500 ? text : title;
  return (
    <Alert
      className="msg-alert"
      type="error"
      showIcon
      title={t('messages.notSaved', { reason })}
      description={t(kept ? 'messages.keptHere' : 'messages.notKept')}
      action={
        <Button size="small" onClick={onRetry}>
          {t('messages.saveAgain')}
        </Button>
      }
    />
  );
}
