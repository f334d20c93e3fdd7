import '../texts';
import { App, Button, Checkbox, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { Page } from '@/shared/ui/Page';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { type Letter, type LetterStatus, mostInOne, pdfOf, useLetters, usePost } from '../api/letters';

const statuses: LetterStatus[] = ['waiting', 'sent', 'failed'];

/** Letters to print and post. */
export default function LettersPage() {
  const { t } = useTranslation();
  const params = useParamState();
  const wanted = params.get('status') as LetterStatus;
  const status = statuses.includes(wanted) ? wanted : 'waiting';
  return (
    <Page
      title={t('letters.title')}
      sub={t('letters.sub')}
      actions={
        <Segmented<LetterStatus>
          aria-label={t('letters.which')}
          value={status}
          onChange={(value) => params.set({ status: value })}
          options={statuses.map((value) => ({ value, label: t(`letters.status.${value}`) }))}
        />
      }
    >
      <Queue key={status} status={status} />
    </Page>
  );
}

function Queue({ status }: { status: LetterStatus }) {
  const { t } = useTranslation();
  const letters = useLetters(status);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const shown = letters.rows.slice(0, mostInOne);
  const ids = shown.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const toggle = (id: string, on: boolean) =>
    setChosen((before) => {
      const next = new Set(before);
      if (on) next.add(id);
      else next.delete(id);
      return next;
    });
  if (letters.error && letters.rows.length === 0)
    return <ErrorState error={letters.error} onRetry={() => letters.refetch()} />;
  if (letters.isPending) return <Lines rows={6} />;
  if (letters.rows.length === 0)
    return (
      <Empty
        title={t('letters.none')}
        text={t('letters.noneText')}
        action={<Link to="/flows">{t('nav.flows')}</Link>}
      />
    );
  return (
    <section className="section" aria-label={t('letters.title')}>
      <div className="letters-bar">
        <Checkbox
          checked={ids.length === shown.length}
          indeterminate={ids.length > 0 && ids.length < shown.length}
          onChange={({ target }) => setChosen(new Set(target.checked ? shown.map(({ id }) => id) : []))}
        >
          {t('letters.all', { count: ids.length })}
        </Checkbox>
        <Actions ids={ids} waiting={status === 'waiting'} onDone={() => setChosen(new Set())} />
      </div>
      <ul className="list">
        {letters.rows.map((letter) => (
          <Row
            key={letter.id}
            letter={letter}
            checked={chosen.has(letter.id)}
            onCheck={(on) => toggle(letter.id, on)}
          />
        ))}
      </ul>
      {letters.hasNextPage && (
        <div className="table-foot">
          <Button size="small" loading={letters.isFetchingNextPage} onClick={() => letters.fetchNextPage()}>
            {t('table.more')}
          </Button>
        </div>
      )}
    </section>
  );
}

type ActionProps = { ids: string[]; waiting: boolean; onDone: () => void };

function Actions({ ids, waiting, onDone }: ActionProps) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const post = usePost();
  const [asking, setAsking] = useState(false);
  const none = ids.length === 0;
  const posted = () =>
    post.mutate(
      { ids },
      {
        onSuccess: ({ items }) => {
          message.success(t('letters.postedDone', { count: items.length }));
          onDone();
        },
        onError: (error) => message.error(errorText(error, t).text),
      },
    );
  return (
    <div className="letters-actions">
      <Button href={none ? undefined : pdfOf(ids)} download disabled={none}>
        {t('letters.pdf')}
      </Button>
      {waiting && (
        <>
          <Button type="primary" disabled={none} loading={post.isPending} onClick={posted}>
            {t('letters.posted')}
          </Button>
          <Button disabled={none} onClick={() => setAsking(true)}>
            {t('letters.drop')}
          </Button>
        </>
      )}
      <FormDrawer<{ why: string }>
        open={asking}
        onClose={() => setAsking(false)}
        title={t('letters.dropTitle', { count: ids.length })}
        sub={t('letters.dropText')}
        submit={t('letters.drop')}
        danger
        done={t('state.saved')}
        onSubmit={({ why }) => post.mutateAsync({ ids, why }).then(onDone)}
      >
        <TextField name="why" label={t('field.reason')} required />
      </FormDrawer>
    </div>
  );
}

type RowProps = { letter: Letter; checked: boolean; onCheck: (on: boolean) => void };

function Row({ letter, checked, onCheck }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <li className="list-row list-row-top">
      <Checkbox
        checked={checked}
        aria-label={t('letters.choose', { name: letter.customer.name })}
        onChange={({ target }) => onCheck(target.checked)}
      />
      <div className="list-body">
        <div className="list-line">
          <Link className="row-title" to={`/customers/${letter.customer.id}`}>
            {letter.customer.name}
          </Link>
        </div>
        <div className="list-line" lang={letter.language}>
          <Link className="letters-subject" to={`/inbox/${letter.id}`}>
            {letter.subject}
          </Link>
        </div>
        <div className="list-sub">
          {[letter.to.replaceAll('\n', ', '), format.instant(letter.at), letter.detail]
            .filter(Boolean)
            .join(' · ')}
        </div>
        {letter.missing && (
          <p className="flag flag-amber" role="note">
            {t('letters.missing', { glyphs: letter.missing })}
          </p>
        )}
      </div>
      <div className="list-actions">
        <Button
          size="small"
          href={pdfOf([letter.id])}
          download
          aria-label={t('letters.pdfOf', { name: letter.customer.name })}
        >
          {t('letters.pdfOne')}
        </Button>
      </div>
    </li>
  );
}
