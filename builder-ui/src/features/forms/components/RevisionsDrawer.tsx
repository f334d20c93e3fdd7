import { App, Button, Drawer, Grid } from 'antd';
import { useTranslation } from 'react-i18next';
import type { FormDoc } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { ErrorState, Lines } from '@/shared/ui/states';
import { type Revision, useRevisions } from '../api/forms';
import { diffForms, propertiesOf } from '../model/diff';
import { useDesigner } from '../model/store';
import { useFieldName } from './useFieldName';

const tones = { added: 'green', removed: 'red', changed: 'blue' } as const;

export function Difference({ before, after }: { before?: FormDoc; after: FormDoc }) {
  const { t } = useTranslation();
  const { labelOf } = useFieldName(after, before);
  const diff = diffForms(before, after);
  const others = (['rules', 'layout', 'name'] as const).filter((part) => diff[part]);
  const duties = (['required', 'optional'] as const).filter((part) => diff[part].length > 0);
  if (diff.fields.length + others.length + duties.length === 0)
    return <p className="rf-help">{t('forms.noDifference')}</p>;
  return (
    <ul className="fd-diff">
      {diff.fields.map(({ key, kind, words }) => (
        <li key={key}>
          <Chip tone={tones[kind]}>{t(`forms.diff.${kind}`)}</Chip>
          <span>
            {labelOf(key)}
            {words.length > 0 && (
              <span className="list-dim">
                {t('forms.colon')}
                {propertiesOf(words)
                  .map((word) => t(word))
                  .join(t('forms.comma'))}
              </span>
            )}
          </span>
        </li>
      ))}
      {duties.map((part) => (
        <li key={part}>
          <Chip tone="blue">{t('forms.diff.changed')}</Chip>
          <span>
            {t(`forms.diffPart.${part}`)}
            {t('forms.colon')}
            {diff[part].map(labelOf).join(t('forms.comma'))}
          </span>
        </li>
      ))}
      {others.map((part) => (
        <li key={part}>
          <Chip tone="blue">{t('forms.diff.changed')}</Chip>
          <span>{t(`forms.diffPart.${part}`)}</span>
        </li>
      ))}
    </ul>
  );
}

export function RevisionsDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const { doc, revision, published, change } = useDesigner();
  const list = useRevisions(doc.key, open);
  const phone = Grid.useBreakpoint().md === false;
  const restore = ({ name, title, schema, layout }: Revision) => {
    change({ key: doc.key, name, title, schema, layout });
    message.info(t('forms.restored'));
    onClose();
  };
  return (
    <Drawer open={open} onClose={onClose} title={t('forms.revisions')} size={phone ? '100%' : 520}>
      {published && (
        <section className="fd-revision">
          <h3 className="fd-part-title">{t('forms.draftAgainst', { revision })}</h3>
          <Difference before={published} after={doc} />
        </section>
      )}
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : !list.data ? (
        <Lines rows={4} />
      ) : (
        list.data.map((entry, at) => (
          <RevisionEntry
            key={entry.revision}
            entry={entry}
            before={list.data[at + 1]}
            onRestore={entry.revision === revision ? undefined : () => restore(entry)}
          />
        ))
      )}
    </Drawer>
  );
}

function RevisionEntry({
  entry,
  before,
  onRestore,
}: {
  entry: Revision;
  before?: Revision;
  onRestore?: () => void;
}) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section className="fd-revision">
      <div className="fd-revision-head">
        <h3 className="fd-part-title">{t('forms.revisionAt', { revision: entry.revision })}</h3>
        <span className="list-dim num">
          {[format.instant(entry.at), entry.byName].filter(Boolean).join(' · ') || t('forms.asShipped')}
        </span>
        {onRestore && (
          <Button size="small" onClick={onRestore}>
            {t('forms.restore')}
          </Button>
        )}
      </div>
      {before ? (
        <Difference before={before} after={entry} />
      ) : (
        <p className="rf-help">{t('forms.firstRevision')}</p>
      )}
    </section>
  );
}
