import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../api/client';

export function PageSkeleton() {
  const { t } = useTranslation();
  return (
    <div className="page" aria-busy="true">
      <span className="sr-only" role="status">
        {t('state.loading')}
      </span>
      <div className="page-skeleton" aria-hidden>
        <span className="line" />
        <div className="section">
          <Lines rows={8} />
        </div>
      </div>
    </div>
  );
}

export function Lines({ rows = 3 }: { rows?: number }) {
  return (
    <div className="lines" aria-hidden>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: placeholders have no identity
        <span key={row} className="line" />
      ))}
    </div>
  );
}

type EmptyProps = { title: string; text?: string; action?: ReactNode; small?: boolean };

/** An empty place that names what to do next. */
export function Empty({ title, text, action, small }: EmptyProps) {
  return (
    <div className={small ? 'state state-small' : 'state'}>
      <p className="state-title">{title}</p>
      {text && <p className="state-text">{text}</p>}
      {action}
    </div>
  );
}

/** A list without rows because of its filters, with the way back to all. */
export function NoMatch({ onClear }: { onClear?: () => void }) {
  const { t } = useTranslation();
  return (
    <Empty
      title={t('table.noMatch')}
      text={t('table.noMatchText')}
      action={onClear && <Button onClick={onClear}>{t('table.clear')}</Button>}
    />
  );
}

type ErrorProps = {
  error: unknown;
  onRetry?: () => void;
  /** Shown in a drawer: the way back is to close it. */
  onClose?: () => void;
  level?: 1;
};

/** What happened, whether data is safe, and the one way on: again, or back from what will never be there. */
export function ErrorState({ error, onRetry, onClose, level }: ErrorProps) {
  const { t } = useTranslation();
  const { title, text, requestId } = useErrorText(error);
  const Title = level === 1 ? 'h1' : 'p';
  const status = error instanceof ApiError ? error.status : 500;
  const final = status === 404 || status === 403;
  const broken = error instanceof ApiError && error.status >= 500;
  return (
    <div className="state" role="alert">
      <Title className="state-title">{title}</Title>
      {/* A server that fails while it reads has nothing to say about changes. */}
      {(!broken || error.problem.detail) && <p className="state-text">{text}</p>}
      {broken && <p className="state-text">{t('error.crashedSafe')}</p>}
      {requestId && <p className="state-id">{t('error.requestId', { id: requestId })}</p>}
      {(final || onRetry) && (
        <span className="state-actions">
          {!final ? (
            <Button onClick={onRetry}>{t('error.retry')}</Button>
          ) : (
            <Button onClick={onClose ?? goBack}>{t(onClose ? 'action.close' : 'error.back')}</Button>
          )}
        </span>
      )}
    </div>
  );
}

/** Back to the page before; a page that was opened by its address has none, and leads to the start. */
function goBack() {
  if ((window.history.state as { idx?: number } | null)?.idx) window.history.back();
  else window.location.assign('/');
}

export function useErrorText(error: unknown): { title: string; text: string; requestId?: string } {
  const { t } = useTranslation();
  return errorText(error, t);
}

export function errorText(error: unknown, t: (key: string) => string) {
  if (!(error instanceof ApiError)) return { title: t('error.unexpected'), text: t('error.crashedSafe') };
  const { problem, status } = error;
  if (status === 0) return { title: t('error.network'), text: t('error.networkText') };
  if (status === 403)
    return { title: problem.title ?? t('error.denied'), text: problem.detail ?? t('error.deniedText') };
  if (status === 404)
    return { title: problem.title ?? t('error.notFound'), text: problem.detail ?? t('error.notFoundText') };
  return {
    title: problem.title ?? t('error.unexpected'),
    text: problem.detail ?? t('error.notSaved'),
    requestId: problem.requestId,
  };
}
