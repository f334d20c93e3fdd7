import { CopyOutlined, EditOutlined, PlusOutlined } from '@ant-design/icons';
import { App, Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import type { Lang } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { FilterBar, SearchBox } from '@/shared/ui/Filters';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SelectField, TextField } from '@/shared/ui/fields';
import { IconButton } from '@/shared/ui/IconButton';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { type Answer, useAnswers, useRestoreAnswer, useSaveAnswer } from '../api/messages';
import { langs, templateKeyFrom } from '../model/template';

const topics = ['document', 'process', 'money', 'dispute', 'contact', 'other'];

/** What customers often say, and a kind answer to each, ready to copy. */
export function AnswersTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const canWrite = useCan('template.write');
  const answers = useAnswers();
  const [lang, setLang] = useState<Lang>(format.lang);
  const [search, setSearch] = useState('');
  const [editing, setEditing] = useState<Answer | 'new'>();
  if (answers.error) return <ErrorState error={answers.error} onRetry={() => answers.refetch()} />;
  if (!answers.data)
    return (
      <div className="section">
        <Lines rows={8} />
      </div>
    );
  const words = search.trim().toLowerCase();
  const found = answers.data
    .filter(({ deleted }) => !deleted)
    .filter(({ question, answer }) =>
      [...Object.values(question), ...Object.values(answer)].some((text) =>
        text?.toLowerCase().includes(words),
      ),
    )
    .sort((a, b) => topics.indexOf(a.topic) - topics.indexOf(b.topic) || a.key.localeCompare(b.key));
  return (
    <>
      <FilterBar>
        <SearchBox label={t('messages.searchAnswers')} value={search} onSearch={setSearch} />
        <Segmented
          aria-label={t('messages.language')}
          value={lang}
          onChange={setLang}
          options={langs.map((value) => ({ value, label: t(`lang.${value}`) }))}
        />
        {canWrite && (
          <Button icon={<PlusOutlined />} onClick={() => setEditing('new')}>
            {t('messages.newAnswer')}
          </Button>
        )}
      </FilterBar>
      {found.length === 0 ? (
        <div className="section">
          <Empty title={t('messages.noAnswers')} />
        </div>
      ) : (
        <ul className="msg-answers">
          {found.map((answer) => (
            <AnswerCard
              key={answer.key}
              answer={answer}
              lang={lang}
              onEdit={canWrite ? () => setEditing(answer) : undefined}
            />
          ))}
        </ul>
      )}
      {editing && (
        <AnswerDrawer
          answer={editing === 'new' ? undefined : editing}
          taken={new Set(answers.data.map(({ key }) => key))}
          onClose={() => setEditing(undefined)}
        />
      )}
    </>
  );
}

function AnswerCard({ answer, lang, onEdit }: { answer: Answer; lang: Lang; onEdit?: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const other = langs.find((known) => known !== lang) ?? lang;
  const question = answer.question[lang] || answer.question[other] || '';
  const text = answer.answer[lang] || answer.answer[other] || '';
  const copy = () =>
    copyText(text).then(
      () => message.success(t('messages.copied')),
      () => message.error(t('messages.copyFailed')),
    );
  return (
    <li className="section msg-answer">
      <div className="msg-answer-head">
        <h2 className="section-title" lang={lang}>
          {question}
        </h2>
        <Chip>{t(`messages.topics.${answer.topic}`)}</Chip>
        <span className="section-extra">
          <Button
            size="small"
            icon={<CopyOutlined />}
            onClick={copy}
            aria-label={t('messages.copyAnswer', { question })}
          >
            {t('messages.copyIt')}
          </Button>
          {onEdit && (
            <IconButton
              size="small"
              type="text"
              icon={<EditOutlined />}
              onClick={onEdit}
              label={t('messages.editAnswer', { question })}
            />
          )}
        </span>
      </div>
      <p lang={lang}>{text}</p>
    </li>
  );
}

/** The clipboard needs a secure origin; a self-hosted server may be plain HTTP. */
async function copyText(text: string) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (!done) throw new Error('copy');
}

type Values = { topic: string; questionZh: string; questionEn: string; answerZh: string; answerEn: string };

function AnswerDrawer({
  answer,
  taken,
  onClose,
}: {
  answer?: Answer;
  taken: Set<string>;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const save = useSaveAnswer();
  const restore = useRestoreAnswer();
  const submit = (values: Values) =>
    save.mutateAsync({
      key: answer?.key ?? templateKeyFrom(values.questionEn || 'answer', taken),
      topic: values.topic,
      tone: answer?.tone ?? 1,
      question: { 'zh-CN': values.questionZh, en: values.questionEn },
      answer: { 'zh-CN': values.answerZh, en: values.answerEn },
      version: answer?.version ?? 0,
    });
  // A shipped answer cannot be deleted for good; it is put away and can be restored by editing.
  const remove = async () => {
    try {
      if (answer && answer.version > 0) await restore.mutateAsync(answer);
      else if (answer) await save.mutateAsync({ ...answer, deleted: true });
      onClose();
    } catch (error) {
      message.error(errorText(error, t).text);
    }
  };
  return (
    <FormDrawer<Values>
      open
      onClose={onClose}
      title={t(answer ? 'messages.editAnswerTitle' : 'messages.newAnswer')}
      submit={t('action.save')}
      done={t('state.saved')}
      initial={{
        topic: answer?.topic ?? 'other',
        questionZh: answer?.question['zh-CN'],
        questionEn: answer?.question.en,
        answerZh: answer?.answer['zh-CN'],
        answerEn: answer?.answer.en,
      }}
      onSubmit={submit}
    >
      <SelectField
        name="topic"
        label={t('messages.topic')}
        required
        options={topics.map((value) => ({ value, label: t(`messages.topics.${value}`) }))}
      />
      <TextField name="questionZh" label={t('messages.questionIn', { language: t('langName.zh-CN') })} />
      <TextField name="answerZh" label={t('messages.answerIn', { language: t('langName.zh-CN') })} rows={6} />
      <TextField name="questionEn" label={t('messages.questionIn', { language: t('langName.en') })} />
      <TextField name="answerEn" label={t('messages.answerIn', { language: t('langName.en') })} rows={6} />
      {answer && (
        <Button danger size="small" onClick={remove}>
          {t(answer.shipped && answer.version > 0 ? 'messages.restore' : 'messages.delete')}
        </Button>
      )}
    </FormDrawer>
  );
}
