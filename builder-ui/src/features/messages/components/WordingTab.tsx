import { Alert, App, Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useSaveWording, useWording, type Wording, type Words } from '../api/messages';
import { langsFor } from '../model/template';

/** Words that no message may use, a list per language. */
export function WordingTab() {
  const wording = useWording();
  if (wording.error) return <ErrorState error={wording.error} onRetry={() => wording.refetch()} />;
  if (!wording.data)
    return (
      <div className="section">
        <Lines rows={5} />
      </div>
    );
  return <WordingForm key={wording.data.version} wording={wording.data} onStale={() => wording.refetch()} />;
}

function WordingForm({ wording, onStale }: { wording: Wording; onStale: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const canWrite = useCan('template.write');
  const save = useSaveWording();
  const [words, setWords] = useState<Words>(wording.words);
  const changed = JSON.stringify(words) !== JSON.stringify(wording.words);
  const submit = () =>
    save.mutate(
      { words, version: wording.version },
      {
        onSuccess: () => message.success(t('state.saved')),
        onError: (error) => {
          message.error(errorText(error, t).text);
          if (error instanceof ApiError && error.status === 409) onStale();
        },
      },
    );
  return (
    <section className="section msg-wording" aria-label={t('messages.tab.wording')}>
      <p className="drawer-sub">{t('messages.wordingSub')}</p>
      {langsFor(format.lang).map((lang) => (
        <div key={lang} className="rf-field">
          <label className="rf-label" htmlFor={`wording-${lang}`}>
            {t(`lang.${lang}`)}
          </label>
          <Select
            id={`wording-${lang}`}
            mode="tags"
            open={false}
            suffixIcon={null}
            tokenSeparators={[',', '，', '、', '\n']}
            value={words[lang] ?? []}
            disabled={!canWrite}
            onChange={(list: string[]) => setWords({ ...words, [lang]: list })}
          />
        </div>
      ))}
      <Alert type="info" showIcon title={t('messages.wordingHint')} />
      {canWrite && (
        <div className="page-actions">
          <Button type="primary" disabled={!changed} loading={save.isPending} onClick={submit}>
            {t('action.save')}
          </Button>
          <Button onClick={() => setWords(wording.shipped)}>{t('messages.wordingShipped')}</Button>
        </div>
      )}
    </section>
  );
}
