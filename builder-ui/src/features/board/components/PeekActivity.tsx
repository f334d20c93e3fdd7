import { PaperClipOutlined } from '@ant-design/icons';
import { App, Button, Mentions } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api } from '@/shared/api/client';
import { useUserNames } from '@/shared/api/names';
import { useMe } from '@/shared/api/session';
import type { TimelineEntry } from '@/shared/api/types';
import { base64 } from '@/shared/lib/base64';
import { useFormat } from '@/shared/lib/useFormat';
import { Avatar } from '@/shared/ui/Avatar';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useAddNote, useTimeline } from '../api/account';

/** As the server has it. */
const most = 5;
const largest = 5 << 20;
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
            <Entry key={entry.id} entry={entry} customer={id} />
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

type NoteFile = { id: string; name: string };

function Entry({ entry, customer }: { entry: TimelineEntry; customer: string }) {
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
        {text && <p className="peek-note-text">{text}</p>}
        {((entry.data?.files ?? []) as NoteFile[]).map((file) => (
          <a
            key={file.id}
            className="peek-file"
            href={`/api/v1/customers/${customer}/files/${file.id}`}
            download
          >
            <PaperClipOutlined aria-hidden /> {file.name}
          </a>
        ))}
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
  const [files, setFiles] = useState<NoteFile[]>([]);
  const [busy, setBusy] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const ready = Boolean(text.trim()) || files.length > 0;
  const others = (names.data ?? []).filter((person) => person.id !== me.user.id);

  const save = () => {
    const mentions = others.filter(({ name }) => text.includes(`@${name}`)).map((person) => person.id);
    add.mutate(
      { text: text.trim(), mentions, files: files.map((file) => file.id) },
      {
        onSuccess: () => {
          setText('');
          setFiles([]);
        },
        onError: (error) => message.error(errorText(error, t).text),
      },
    );
  };
  const attach = async (list: FileList | null) => {
    setBusy(true);
    try {
      for (const file of [...(list ?? [])].slice(0, most - files.length)) {
        if (file.size > largest) {
          message.error(t('record.fileTooLarge', { name: file.name }));
          continue;
        }
        const data = base64(await file.arrayBuffer());
        const stored = await api.post<NoteFile>(`/customers/${id}/files`, { name: file.name, data });
        setFiles((now) => [...now, stored]);
      }
    } catch (error) {
      message.error(errorText(error, t).text);
    } finally {
      setBusy(false);
      if (input.current) input.current.value = '';
    }
  };
  return (
    <form
      className="note-box"
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) save();
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
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && ready) {
            event.preventDefault();
            save();
          }
        }}
      />
      {files.length > 0 && (
        <ul className="note-files">
          {files.map((file) => (
            <li key={file.id}>
              <PaperClipOutlined aria-hidden /> {file.name}{' '}
              <Button
                type="link"
                size="small"
                aria-label={t('board.dropFile', { name: file.name })}
                onClick={() => setFiles((now) => now.filter((one) => one.id !== file.id))}
              >
                {t('board.drop')}
              </Button>
            </li>
          ))}
        </ul>
      )}
      <span className="note-tools">
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-label={t('board.attach')}
          onChange={({ target }) => attach(target.files)}
        />
        <Button
          size="small"
          icon={<PaperClipOutlined />}
          loading={busy}
          disabled={files.length >= most}
          onClick={() => input.current?.click()}
        >
          {t('board.attach')}
        </Button>
        <Button
          htmlType="submit"
          size="small"
          type="primary"
          loading={add.isPending}
          disabled={!ready || busy}
        >
          {t('board.addNote')}
        </Button>
      </span>
    </form>
  );
}
