import { Alert, Button, Drawer, Grid, Progress } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { type CheckPage, checkPage, type Failing, useMigration, usePublish } from '../api/forms';
import { choiceTroubles } from '../model/choices';
import { removedKeys } from '../model/edit';
import { useDesigner } from '../model/store';
import { Difference } from './RevisionsDrawer';
import { useFieldName } from './useFieldName';

type Scan = {
  checked: number;
  failed: number;
  changed: number;
  cleared: number;
  total: number;
  failing: Failing[];
  done: boolean;
};
const none: Scan = { checked: 0, failed: 0, changed: 0, cleared: 0, total: 0, failing: [], done: false };
const mostFailing = 50;

/** Looks at all records page by page, so that nobody waits for one long answer; closing stops it. */
function useScan(key: string, open: boolean) {
  const [scan, setScan] = useState<Scan>(none);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (!open) return;
    let gone = false;
    setScan(none);
    setError(undefined);
    const run = async () => {
      let cursor: string | undefined;
      let sum = none;
      do {
        const page: CheckPage = await checkPage(key, cursor);
        if (gone) return;
        sum = {
          checked: sum.checked + page.checked,
          failed: sum.failed + page.failed,
          changed: sum.changed + page.changed,
          cleared: sum.cleared + page.cleared,
          total: sum.total || page.total,
          failing: [...sum.failing, ...page.failing].slice(0, mostFailing),
          done: !page.next,
        };
        setScan(sum);
        cursor = page.next;
      } while (cursor);
    };
    run().catch((cause) => !gone && setError(cause));
    return () => {
      gone = true;
    };
  }, [key, open]);
  return { scan, error };
}

/** Publishing, with what it does to the records that are there: seen before, followed afterwards. */
export function PublishDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { doc, version, published, revision } = useDesigner();
  const { labelOf, fieldAt } = useFieldName(doc, published);
  const placeOf = (pointer: string) => {
    const field = fieldAt(pointer);
    return field ? labelOf(field) : t('forms.theForm');
  };
  const phone = Grid.useBreakpoint().md === false;
  const [done, setDone] = useState(false);
  // Once it is live there is no draft to look through any more.
  const { scan, error } = useScan(doc.key, open && !done && published !== undefined);
  const publish = usePublish();
  const [migration, setMigration] = useState<string>();
  const ready = published === undefined || scan.done;
  const fault = publish.error ?? (done ? undefined : error);
  const close = () => {
    onClose();
    publish.reset();
    setMigration(undefined);
    setDone(false);
  };
  const go = () =>
    publish.mutate(
      { key: doc.key, version },
      {
        onSuccess: (entry) => {
          setDone(true);
          setMigration(entry.migration);
          useDesigner.getState().open(entry);
        },
      },
    );
  return (
    <Drawer
      open={open}
      onClose={close}
      title={t('forms.publishTitle')}
      size={phone ? '100%' : 520}
      footer={
        <div className="drawer-foot">
          <Button onClick={close}>{t(done ? 'forms.close' : 'action.cancel')}</Button>
          {!done && (
            <Button
              type="primary"
              disabled={!ready || error !== undefined}
              loading={publish.isPending}
              onClick={go}
            >
              {t('forms.publishAs', { revision: revision + 1 })}
            </Button>
          )}
        </div>
      }
    >
      {done ? (
        <Published migration={migration} form={doc.key} revision={revision} />
      ) : (
        <>
          <section className="fd-revision">
            <h3 className="fd-part-title">{t('forms.changes')}</h3>
            <Difference before={published} after={doc} />
          </section>
          <Unclaimed />
          <Unchosen />
          {published && !error && <ScanResult scan={scan} form={doc.key} />}
          {!published && <p className="rf-help">{t('forms.publishFirst')}</p>}
        </>
      )}
      {fault ? <Alert type="error" role="alert" showIcon {...describe(fault, t, placeOf)} /> : null}
    </Drawer>
  );
}

/** Fields that go without their data being moved: kept in the store, seen by nobody. */
function Unclaimed() {
  const { t } = useTranslation();
  const format = useFormat();
  const { doc, published } = useDesigner();
  const lost = removedKeys(published, doc).filter((key) => !doc.steps?.some(({ from }) => from === key));
  if (lost.length === 0) return null;
  const names = lost.map((key) => format.text(published?.schema.properties?.[key]?.['x-df-label']) || key);
  return <p className="fd-note">{t('forms.unclaimed', { fields: names.join(t('forms.comma')) })}</p>;
}

/** Choices that people could not choose from. */
function Unchosen() {
  const { t } = useTranslation();
  const format = useFormat();
  const { doc } = useDesigner();
  return choiceTroubles(doc).map(({ field, trouble }) => (
    <p key={field} className="fd-warning">
      {format.text(doc.schema.properties?.[field]?.['x-df-label']) || field}
      {t('forms.colon')}
      {t(`forms.choiceTrouble.${trouble}`)}
    </p>
  ));
}

function describe(fault: unknown, t: (key: string) => string, placeOf: (pointer: string) => string) {
  const { title, text } = errorText(fault, t);
  const places =
    (fault as { problem?: { errors?: { pointer: string; message: string }[] } }).problem?.errors ?? [];
  return {
    title,
    description:
      places.length > 0
        ? places.map(({ pointer, message }) => (
            <div key={pointer + message}>{placeOf(pointer) + t('forms.colon') + message}</div>
          ))
        : text,
  };
}

function ScanResult({ scan, form }: { scan: Scan; form: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const percent = scan.total > 0 ? Math.round((scan.checked / scan.total) * 100) : scan.done ? 100 : 0;
  return (
    <section className="fd-revision" aria-live="polite">
      <h3 className="fd-part-title">{t('forms.records')}</h3>
      {!scan.done && <Progress percent={percent} size="small" aria-label={t('forms.checking')} />}
      <ul className="fd-facts">
        <li>{t('forms.checked', { count: scan.checked, shown: format.number(scan.checked) })}</li>
        {scan.changed > 0 && (
          <li>{t('forms.wouldChange', { count: scan.changed, shown: format.number(scan.changed) })}</li>
        )}
        {scan.cleared > 0 && (
          <li className="fd-warn">
            {t('forms.wouldClear', { count: scan.cleared, shown: format.number(scan.cleared) })}
          </li>
        )}
        <li className={scan.failed > 0 ? 'fd-warn' : undefined}>
          {scan.failed > 0
            ? t('forms.wouldFail', { count: scan.failed, shown: format.number(scan.failed) })
            : scan.done
              ? t('forms.allFit')
              : t('forms.checking')}
        </li>
      </ul>
      {scan.failed > 0 && <p className="rf-help">{t('forms.failHint')}</p>}
      <FailingList failing={scan.failing} form={form} />
    </section>
  );
}

function FailingList({ failing, form }: { failing: Failing[]; form: string }) {
  const { t } = useTranslation();
  const { doc, published } = useDesigner();
  const { labelOf } = useFieldName(doc, published);
  if (failing.length === 0) return null;
  return (
    <ul className="fd-failing">
      {failing.map(({ id, title, errors }) => (
        <li key={id}>
          <Link to={`/forms/${form}/records?open=${id}`}>{title || id}</Link>
          <span className="list-dim">
            {errors
              .map(({ pointer, message }) => {
                const [key = '', ...rest] = pointer.split('/').filter(Boolean);
                return [[labelOf(key), ...rest].join(' '), message].filter(Boolean).join(t('forms.colon'));
              })
              .join(' · ')}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Published({ migration, form, revision }: { migration?: string; form: string; revision: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const progress = useMigration(migration);
  const data = progress.data;
  return (
    <section className="fd-revision" aria-live="polite">
      <Alert type="success" showIcon title={t('forms.published', { revision })} />
      {migration && data && (
        <>
          <h3 className="fd-part-title">{t('forms.migration')}</h3>
          <Progress
            percent={
              data.status === 'done'
                ? 100
                : Math.min(99, Math.round((data.done / Math.max(1, data.total)) * 100))
            }
            size="small"
            aria-label={t('forms.migration')}
          />
          <p>
            {t(data.status === 'done' ? 'forms.migrated' : 'forms.migrating', {
              done: format.number(data.done),
              changed: format.number(data.changed),
              failed: format.number(data.failed),
            })}
          </p>
          <FailingList failing={data.failures} form={form} />
        </>
      )}
      <p>
        <Link to={`/forms/${form}/records`}>{t('forms.toRecords')}</Link>
      </p>
    </section>
  );
}
