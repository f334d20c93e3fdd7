import { Button, Drawer, Grid, Tabs } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Lang } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Empty, ErrorState, Lines } from '@/shared/ui/states';
import { type TemplateDoc, type TemplateRevision, useTemplateHistory } from '../api/messages';
import { difference } from '../model/difference';
import { langs } from '../model/template';

type Props = { template: string; onTake?: (doc: TemplateDoc) => void; onClose: () => void };

/** Which words were in force when, who chose them, and what changed from one time to the next. */
export function HistoryDrawer({ template, onTake, onClose }: Props) {
  const { t } = useTranslation();
  const history = useTemplateHistory(template);
  const phone = Grid.useBreakpoint().md === false;
  const list = history.data;
  return (
    <Drawer open onClose={onClose} title={t('messages.history')} size={phone ? '100%' : 640}>
      {history.error ? (
        <ErrorState error={history.error} onRetry={() => history.refetch()} />
      ) : !list ? (
        <Lines rows={6} />
      ) : list.length === 0 ? (
        <Empty small title={t('messages.historyNone')} text={t('messages.historyNoneText')} />
      ) : (
        <>
          <ol className="history">
            {list.map((revision, at) => (
              <Revision
                key={revision.seq}
                revision={revision}
                before={list[at + 1]?.document}
                oldest={at === list.length - 1}
                onTake={at > 0 ? onTake : undefined}
              />
            ))}
          </ol>
          {history.more && <p className="list-sub">{t('messages.historyMore', { count: list.length })}</p>}
        </>
      )}
    </Drawer>
  );
}

type RevisionProps = {
  revision: TemplateRevision;
  before?: TemplateDoc;
  oldest: boolean;
  onTake?: (doc: TemplateDoc) => void;
};

function Revision({ revision, before, oldest, onTake }: RevisionProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { at, by, document: doc } = revision;
  return (
    <li className="history-entry">
      <div className="history-head">
        <h3 className="history-title num">{format.instant(at)}</h3>
        <span className="list-dim">{by}</span>
        {doc && onTake && (
          <Button size="small" onClick={() => onTake(doc)}>
            {t('messages.historyTake')}
          </Button>
        )}
      </div>
      {doc ? (
        <Tabs
          size="small"
          items={langs
            .toSorted((a, b) => Number(b === format.lang) - Number(a === format.lang))
            .filter((lang) => doc.variant[lang] ?? before?.variant[lang])
            .map((lang) => ({
              key: lang,
              label: t(`lang.${lang}`),
              children: <Changes lang={lang} before={oldest ? undefined : before} after={doc} />,
            }))}
        />
      ) : (
        <p className="list-sub">{t('messages.historyGone')}</p>
      )}
    </li>
  );
}

const wordsOf = (doc: TemplateDoc | undefined, lang: Lang) => {
  const body = doc?.variant[lang];
  return body ? [body.subject, '', body.text].join('\n').trim() : '';
};

function Changes({ lang, before, after }: { lang: Lang; before?: TemplateDoc; after: TemplateDoc }) {
  const { t } = useTranslation();
  const changes = difference(before ? wordsOf(before, lang) : wordsOf(after, lang), wordsOf(after, lang));
  return (
    <div className="history-text" lang={lang}>
      {changes.map(({ kind, text }, at) => {
        const Tag = kind === 'added' ? 'ins' : kind === 'removed' ? 'del' : 'span';
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          <Tag key={at} className={`history-line history-${kind}`} dir="auto">
            {kind !== 'same' && <span className="sr-only">{t(`messages.historyLine.${kind}`)}</span>}
            {text || '\u00a0'}
          </Tag>
        );
      })}
    </div>
  );
}
