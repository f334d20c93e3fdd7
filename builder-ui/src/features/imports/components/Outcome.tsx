import { DownloadOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { Section } from '@/shared/ui/Page';
import { ErrorState } from '@/shared/ui/states';
import type { Summary, useImport } from '../api/imports';

type Job = ReturnType<typeof useImport>;
type Props = {
  form: string;
  /** What people call a field. */
  name: (field: string) => string;
  check: Job;
  real: Job;
  onBack: () => void;
  onStart: () => void;
  onAgain: () => void;
  onNext: (form: string) => void;
};

const lists: Record<string, string> = { customer: '/customers', invoice: '/invoices', payment: '/invoices' };

/** What usually follows: each names the one before. */
const next: Record<string, string> = { customer: 'invoice', invoice: 'payment' };

/** What the check found, and then what became of the rows. */
export function Outcome({ form, name, check, real, onBack, onStart, onAgain, onNext }: Props) {
  const { t } = useTranslation();
  const dry = real.phase === 'idle';
  const job = dry ? check : real;
  const { sum, phase } = job;
  const good = sum ? sum.rows - sum.failed : 0;
  if (phase === 'failed')
    return (
      <>
        <ErrorState error={job.error} onRetry={dry ? onBack : onStart} />
        <Button onClick={onAgain}>{t('imports.again')}</Button>
      </>
    );
  const title =
    phase === 'running'
      ? t(dry ? 'imports.checking' : 'imports.running', { rows: sum?.rows ?? 0 })
      : phase === 'stopped'
        ? t(dry ? 'imports.columns' : 'imports.stopped')
        : t(dry ? 'imports.checked' : 'imports.done');
  return (
    <Section title={title} className="import-step">
      <div className="import-box" role="status" aria-busy={phase === 'running'}>
        {sum && <Counts sum={sum} dry={dry} />}
        {sum?.rows === 0 && phase === 'done' && <p>{t('imports.nothing')}</p>}
        <div className="import-actions">
          {phase === 'running' && (
            <Button key="stop" onClick={job.stop}>
              {t('imports.stop')}
            </Button>
          )}
          {dry && phase === 'done' && good > 0 && (
            <Button key="start" type="primary" onClick={onStart}>
              {t('imports.start', { count: good })}
            </Button>
          )}
          {dry && phase !== 'running' && (
            <Button key="back" onClick={onBack}>
              {t('imports.back')}
            </Button>
          )}
          {!dry && phase !== 'running' && (
            <>
              {lists[form] && (
                <Link to={lists[form]}>
                  <Button type="primary">{t('imports.look')}</Button>
                </Link>
              )}
              {phase === 'done' && next[form] && (
                <Button key="next" onClick={() => onNext(next[form] as string)}>
                  {t(`imports.next.${next[form]}`)}
                </Button>
              )}
              <Button key="again" onClick={onAgain}>
                {t('imports.again')}
              </Button>
            </>
          )}
        </div>
        {phase === 'done' && sum && sum.failed > 0 && <Failures sum={sum} name={name} />}
      </div>
    </Section>
  );
}

function Counts({ sum, dry }: { sum: Summary; dry: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const parts = [
    [sum.created, dry ? 'willCreate' : 'created', 'green'],
    [sum.updated, dry ? 'willUpdate' : 'updated', 'blue'],
    [sum.unchanged, dry ? 'willUnchanged' : 'unchanged', 'violet'],
    [sum.failed, dry ? 'willFail' : 'failed', 'amber'],
  ] as const;
  return (
    <div className="glance">
      {parts.map(([count, key, tone]) => (
        <div key={key} className={`glance-part tone-${tone}`}>
          <span className="glance-count num">{format.number(count)}</span>
          <span>{t(`imports.${key}`)}</span>
        </div>
      ))}
    </div>
  );
}

function Failures({ sum, name }: { sum: Summary; name: Props['name'] }) {
  const { t } = useTranslation();
  const save = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([sum.failedRows ?? ''], { type: 'text/csv;charset=utf-8' }));
    link.download = 'failed.csv';
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <>
      <h3>{t('imports.problems')}</h3>
      <ul className="import-problems">
        {(sum.problems ?? []).map((problem, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
          <li key={at}>
            {(problem.errors?.length ? problem.errors : [{ pointer: '', message: problem.detail ?? '' }]).map(
              ({ pointer, message }) => {
                const [, , line = '', field = ''] = pointer.startsWith('/')
                  ? pointer.split('/')
                  : ['', ...pointer.split('/')];
                return (
                  <p key={pointer + message}>
                    <strong className="num">{t('imports.line', { line })}</strong>
                    {field && ` ${name(field)}:`} {message}
                  </p>
                );
              },
            )}
          </li>
        ))}
      </ul>
      {sum.failed > 100 && <p className="list-sub">{t('imports.more')}</p>}
      {sum.failedRows && (
        <>
          <Button icon={<DownloadOutlined />} onClick={save}>
            {t('imports.download')}
          </Button>
          <p className="list-sub">
            {t('imports.downloadHint')} {sum.cut && t('imports.cut')}
          </p>
        </>
      )}
    </>
  );
}
