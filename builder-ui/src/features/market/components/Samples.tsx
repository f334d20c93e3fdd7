import { Alert, App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { useErrorText } from '@/shared/ui/states';
import { type PackDetail, type Planted, useAddSamples, useRemoveSamples } from '../api/packs';

/** The sample customers as records of the workspace: they come and go by one button. */
export function Samples({ pack, there, language }: { pack: PackDetail; there?: Planted; language: string }) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const add = useAddSamples(pack.id);
  const remove = useRemoveSamples(pack.id);
  const problem = useErrorText(add.error ?? remove.error);
  const ask = (what: 'add' | 'remove', go: () => Promise<unknown>) =>
    modal.confirm({
      title: t(`market.samples.${what}Title`),
      content: t(`market.samples.${what}Text`),
      okText: t(`market.samples.${what}`),
      cancelText: t('action.cancel'),
      // What goes wrong is told below the button, so the question closes either way.
      onOk: () =>
        go().then(
          () => void message.success(t(`market.samples.${what}Done`)),
          () => undefined,
        ),
    });
  return (
    <div className="pack-samples">
      {there ? (
        <There
          there={there}
          busy={remove.isPending}
          onRemove={() => ask('remove', () => remove.mutateAsync(undefined))}
        />
      ) : pack.installed ? (
        <>
          <p className="list-sub">{t('market.samples.text')}</p>
          <Button loading={add.isPending} onClick={() => ask('add', () => add.mutateAsync(language))}>
            {t('market.samples.add')}
          </Button>
        </>
      ) : (
        <p className="list-sub">{t('market.samples.later')}</p>
      )}
      {(add.error || remove.error) && (
        <Alert
          className="pack-alert"
          type="error"
          role="alert"
          showIcon
          title={problem.title}
          description={problem.text}
        />
      )}
    </div>
  );
}

function There({ there, busy, onRemove }: { there: Planted; busy: boolean; onRemove: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      <p className="list-sub">
        {t('market.samples.there', {
          at: format.instant(there.at),
          name: there.by?.name,
          invoices: t('market.samples.invoices', { count: there.invoices }),
        })}
      </p>
      <ul className="pack-sample-list">
        {there.customers.map(({ id, name }) => (
          <li key={id}>
            <Link to={`/customers/${encodeURIComponent(id)}`}>{name}</Link>
          </li>
        ))}
      </ul>
      <Button loading={busy} onClick={onRemove}>
        {t('market.samples.remove')}
      </Button>
    </>
  );
}
