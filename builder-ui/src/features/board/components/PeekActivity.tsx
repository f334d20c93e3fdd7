import { App, Button, Mentions } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useUserNames } from '@/shared/api/names';
import { useMe } from '@/shared/api/session';
import type { TimelineEntry } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Avatar } from '@/shared/ui/Avatar';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useAddNote, useTimeline } from '../api/account';

const routine = new Set(['waiting', 'ok', 'left', 'started', 'merged', 'update', 'resumed', 'ended']);

/** What happened, with colleagues' notes, and a box for one more. */
export function PeekActivity({ id, touch }: { id: string; touch: () => void }) {
  const { t } = useTranslation();
  const timeline = useTimeline(id);
  const rows = timeline.rows.filter(
    ({ kind, data }) => kind !== 'message.intended' && !(kind === 'step' && routine.has(String(data?.what))),
  );
  return (
    <section className="peek-part" aria-label={t('timeline.title')}>
      <h3 className="peek-sub">{t('board.notes')}</h3>
      <NoteBox id={id} touch={touch} />
      {timeline.error && timeline.rows.length === 0 ? (
        <ErrorState error={timeline.error} onRetry={() => timeline.refetch()} />
      ) : timeline.isPending ? (
        <Lines rows={4} />
      ) : rows.length === 0 && !timeline.hasNextPage ? (
        <Empty small title={t('timeline.empty')} text={t('timeline.emptyText')} />
      ) : (
        <ol className="peek-log">
          {rows.map((entry) => (
            <Entry key={entry.id} entry={entry} />
          ))}
        </ol>
      )}
      {timeline.hasNextPage && (
        <Button size="small" loading={timeline.isFetchingNextPage} onClick={() => timeline.fetchNextPage()}>
          {t('timeline.older')}
        </Button>
      )}
    </section>
  );
}

function Entry({ entry }: { entry: TimelineEntry }) {
  const format = useFormat();
  const names = useUserNames();
  const actor = names.data?.find(({ id }) => id === entry.actor?.id)?.name ?? '';
  const message = entry.kind === 'step' ? undefined : entry.data?.message;
  const text = format.text(entry.text);
  const when = (
    <time className="num" dateTime={entry.at}>
      {format.instant(entry.at)}
    </time>
  );
  if (entry.kind === 'note')
    return (
      <li className="peek-written">
        <p className="peek-by">
          <Avatar name={actor || '?'} /> {actor} <span className="list-dim">{when}</span>
        </p>
        <p className="peek-note-text">{text}</p>
      </li>
    );
  return (
    <li className="peek-entry">
      <p>
        {typeof message === 'string' && message !== '' ? <Link to={`/inbox/${message}`}>{text}</Link> : text}
        {entry.amount !== undefined && entry.currency && (
          <span className="num peek-sum"> {format.money(entry.amount, entry.currency)}</span>
        )}
      </p>
      <p className="list-dim">
        {when}
        {actor && ` · ${actor}`}
      </p>
    </li>
  );
}

/** A note for colleagues; "@" names those who should read it. */
function NoteBox({ id, touch }: { id: string; touch: () => void }) {
  const { t } = useTranslation();
  const me = useMe();
  const names = useUserNames();
  const { message } = App.useApp();
  const add = useAddNote(id);
  const [text, setText] = useState('');
  const others = (names.data ?? []).filter((person) => person.id !== me.user.id);

  const save = () => {
    const mentions = others.filter(({ name }) => text.includes(`@${name}`)).map((person) => person.id);
    add.mutate(
      { text: text.trim(), mentions },
      {
        onSuccess: () => setText(''),
        onError: (error) => message.error(errorText(error, t).text),
      },
    );
  };
  return (
    <form
      className="note-box"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim()) save();
      }}
    >
      <Mentions
        aria-label={t('board.note')}
        placeholder={t('board.notePlaceholder')}
        value={text}
        rows={3}
        maxLength={5000}
        onChange={(value) => {
          touch();
          setText(value);
        }}
        options={others.map((person) => ({ key: person.id, value: person.name, label: person.name }))}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim()) {
            event.preventDefault();
            save();
          }
        }}
      />
      <Button htmlType="submit" size="small" type="primary" loading={add.isPending} disabled={!text.trim()}>
        {t('board.addNote')}
      </Button>
    </form>
  );
}
