import { App, Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Section } from '@/shared/ui/Page';
import { errorText } from '@/shared/ui/states';
import { useSaveWorkspace, useWorkspace } from '../../api/settings';

/** The answers that stop reminders; without a list of one's own the shipped one counts. */
export function StopWords() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const workspace = useWorkspace().data;
  const save = useSaveWorkspace();
  const [words, setWords] = useState<string[]>();
  if (!workspace) return null;
  const stored = workspace.stopWords ?? [];
  return (
    <Section title={t('channels.stop')} className="channel-section">
      <div className="channel-stop">
        <p className="list-sub">{t('channels.stopText')}</p>
        <Select
          mode="tags"
          className="channel-words"
          aria-label={t('channels.stop')}
          placeholder={t('channels.stopShipped')}
          value={words ?? stored}
          onChange={setWords}
          open={false}
          suffixIcon={null}
          tokenSeparators={[',', '，', '、', '\n']}
        />
        <Button
          disabled={words === undefined}
          loading={save.isPending}
          onClick={() =>
            save.mutate(
              { ...workspace, stopWords: words ?? stored },
              {
                onSuccess: () => {
                  setWords(undefined);
                  message.success(t('state.saved'));
                },
                onError: (error) => message.error(errorText(error, t).text),
              },
            )
          }
        >
          {t('action.save')}
        </Button>
      </div>
    </Section>
  );
}
