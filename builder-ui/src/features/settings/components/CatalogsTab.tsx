import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import {
  type Catalog,
  useAddCatalog,
  useCatalogs,
  useRefreshCatalog,
  useRemoveCatalog,
} from '../api/catalogs';

type Values = { at: string; keys: string };

const tone = { trusted: 'green', unknown: 'amber', unsigned: 'amber' } as const;

/** Where the market's packs come from beside the product: the server's catalogues, and this workspace's. */
export function CatalogsTab() {
  const { t } = useTranslation();
  const canWrite = useCan('settings.write');
  const list = useCatalogs();
  const add = useAddCatalog();
  const [adding, setAdding] = useState(false);
  const items = list.data?.items;
  return (
    <Section
      title={t('settings.catalogs')}
      count={items?.length}
      extra={
        canWrite && (
          <Button size="small" type="primary" onClick={() => setAdding(true)}>
            {t('catalogs.add')}
          </Button>
        )
      }
    >
      <p className="list-sub publisher-lead">{t('catalogs.text')}</p>
      <p className="list-sub publisher-lead">
        <Link to="/market">{t('catalogs.toMarket')}</Link>
      </p>
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : !items ? (
        <Lines rows={3} />
      ) : items.length === 0 ? (
        <Empty small title={t('catalogs.none')} text={t('catalogs.noneText')} />
      ) : (
        <ul className="list">
          {items.map((one) => (
            <Row key={one.id} catalog={one} />
          ))}
        </ul>
      )}
      <FormDrawer<Values>
        open={adding}
        onClose={() => setAdding(false)}
        title={t('catalogs.add')}
        sub={t('catalogs.addText')}
        submit={t('catalogs.check')}
        done={t('catalogs.added')}
        onSubmit={({ at, keys }) =>
          add.mutateAsync({ at: at.trim(), keys: keys.split(/[\s,]+/).filter(Boolean) })
        }
      >
        <TextField
          name="at"
          label={t(list.data?.folders ? 'catalogs.addressOrFolder' : 'catalogs.address')}
          extra={t(list.data?.folders ? 'catalogs.folderHint' : 'catalogs.addressHint')}
          required
          max={500}
        />
        <TextField name="keys" label={t('catalogs.keys')} extra={t('catalogs.keysHint')} required rows={3} />
      </FormDrawer>
    </Section>
  );
}

function Row({ catalog }: { catalog: Catalog }) {
  const { t } = useTranslation();
  const format = useFormat();
  const canWrite = useCan('settings.write');
  const canLook = useCan('pack.write');
  const { message, modal } = App.useApp();
  const refresh = useRefreshCatalog();
  const remove = useRemoveCatalog();
  const { id, at, own, state, got, looked, problem, count, compared, wrong, keys, addedAt, by } = catalog;
  const named = format.text(catalog.name ?? undefined);
  const name = named || at;
  const failed = (cause: unknown) => {
    const { title, text } = errorText(cause, t);
    message.error(text || title);
  };
  const ask = () =>
    modal.confirm({
      title: t('catalogs.removeTitle', { name }),
      content: t('catalogs.removeText'),
      okText: t('catalogs.remove'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => remove.mutateAsync(id).catch(failed),
    });
  return (
    <li className="list-row">
      <div className="list-body">
        <div className="list-line">
          <span className="row-title" dir="auto">
            {name}
          </span>{' '}
          {got && <Chip tone={tone[state]}>{t(`catalogs.state.${state}`)}</Chip>}{' '}
          {!own && <Chip>{t('catalogs.ofServer')}</Chip>}
        </div>
        <div className="list-sub catalog-at">{named && at}</div>
        <div className="list-sub">
          {[
            t('catalogs.packs', { count }),
            compared < count && t('catalogs.compared', { compared, count }),
            looked && t('catalogs.looked', { at: format.instant(looked) }),
            addedAt && t('catalogs.addedBy', { at: format.instant(addedAt), name: by?.name ?? '' }),
          ]
            .filter(Boolean)
            .join(' · ')}
        </div>
        {problem && (
          <p className="catalog-problem" role="status">
            {problem} {got ? t('catalogs.kept', { at: format.instant(got) }) : t('catalogs.nothing')}
          </p>
        )}
        {wrong.map((one) => (
          <p key={one.file} className="catalog-problem">
            {t('catalogs.wrong', {
              name: format.text(one.name) || one.id,
              version: one.version,
              why: one.problem,
            })}
          </p>
        ))}
        {keys.map(({ key, fingerprint }) => (
          <div key={key} className="list-sub publisher-print" title={key}>
            {t('catalogs.fingerprint', { fingerprint })}
          </div>
        ))}
      </div>
      {(canLook || (canWrite && own)) && (
        <div className="list-actions row-actions">
          {canLook && (
            <Button
              size="small"
              loading={refresh.isPending}
              onClick={() => refresh.mutate(id, { onError: failed })}
              aria-label={t('catalogs.refreshNamed', { name })}
            >
              {t('catalogs.refresh')}
            </Button>
          )}
          {canWrite && own && (
            <Button size="small" danger onClick={ask} aria-label={t('catalogs.removeNamed', { name })}>
              {t('catalogs.remove')}
            </Button>
          )}
        </div>
      )}
    </li>
  );
}
