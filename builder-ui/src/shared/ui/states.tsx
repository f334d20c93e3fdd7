import { Button, Skeleton } from 'antd';
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
      <Skeleton active title={{ width: 180 }} paragraph={{ rows: 8 }} />
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

/** What happened, whether data is safe, and a way to try again. */
export function ErrorState({ error, onRetry, level }: { error: unknown; onRetry?: () => void; level?: 1 }) {
  const { t } = useTranslation();
  const { title, text, requestId } = useErrorText(error);
  const Title = level === 1 ? 'h1' : 'p';
  const missing = error instanceof ApiError && error.status === 404;
  const broken = error instanceof ApiError && error.status >= 500;
  return (
    <div className="state" role="alert">
      <Title className="state-title">{title}</Title>
      {/* A server that fails while it reads has nothing to say about changes. */}
      {(!broken || error.problem.detail) && <p className="state-text">{text}</p>}
      {broken && <p className="state-text">{t('error.crashedSafe')}</p>}
      {requestId && <p className="state-id">{t('error.requestId', { id: requestId })}</p>}
      <span className="state-actions">
        {(missing || level === 1) && window.history.length > 1 && (
          <Button onClick={() => window.history.back()}>{t('error.back')}</Button>
        )}
        {onRetry && <Button onClick={onRetry}>{t('error.retry')}</Button>}
      </span>
    </div>
  );
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
