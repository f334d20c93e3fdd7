import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { useTests } from '../api/messages';

/** Messages sent to oneself: recorded as tests, apart from those of customers. */
export function TestsTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const tests = useTests();
  if (tests.error) return <ErrorState error={tests.error} onRetry={() => tests.refetch()} />;
  if (!tests.data)
    return (
      <div className="section">
        <Lines rows={4} />
      </div>
    );
  if (tests.data.length === 0)
    return (
      <div className="section">
        <Empty
          title={t('messages.noTests')}
          text={t('messages.noTestsText')}
          action={<Link to="/messages">{t('messages.toTemplates')}</Link>}
        />
      </div>
    );
  return (
    <ul className="section list">
      {tests.data.map((test) => (
        <li key={test.id} className="list-row">
          <div className="list-body">
            <details>
              <summary className="row-title" lang={test.message.language}>
                {test.message.subject || test.message.text.slice(0, 60)}
              </summary>
              <pre className="message-text" lang={test.message.language}>
                {test.message.text}
              </pre>
            </details>
            <div className="list-sub num">
              {[
                format.instant(test.at),
                test.to,
                t(`channel.${test.channel}`, { defaultValue: test.channel }),
              ].join(' · ')}
            </div>
          </div>
          <Chip tone={test.status === 'sent' ? 'green' : 'amber'}>
            {t(`messages.testStatus.${test.status}`)}
          </Chip>
        </li>
      ))}
    </ul>
  );
}
