import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { TextField } from '@/shared/ui/fields';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { type Publisher, useDistrust, usePublishers, useTrust } from '../api/publishers';

type Values = { name: string; key: string; fingerprint?: string };

/** Whose packs are installed without being asked each time: the server's choice, and this workspace's. */
export function PublishersTab() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const canWrite = useCan('settings.write');
  const list = usePublishers();
  const trust = useTrust();
  const distrust = useDistrust();
  const [adding, setAdding] = useState(false);
  const ask = (publisher: Publisher) =>
    modal.confirm({
      title: t('publisher.removeTitle', { name: publisher.name }),
      content: t('publisher.removeText'),
      okText: t('publisher.remove'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () =>
        distrust.mutateAsync(publisher.fingerprint).catch((error) => message.error(errorText(error, t).text)),
    });
  return (
    <Section
      title={t('settings.publishers')}
      count={list.data?.length}
      extra={
        canWrite && (
          <Button size="small" type="primary" onClick={() => setAdding(true)}>
            {t('publisher.add')}
          </Button>
        )
      }
    >
      <p className="list-sub publisher-lead">{t('publisher.text')}</p>
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : !list.data ? (
        <Lines rows={3} />
      ) : list.data.length === 0 ? (
        <Empty small title={t('publisher.none')} text={t('publisher.noneText')} />
      ) : (
        <ul className="list">
          {list.data.map((one) => (
            <Row key={one.key} publisher={one} onRemove={canWrite ? () => ask(one) : undefined} />
          ))}
        </ul>
      )}
      <FormDrawer<Values>
        open={adding}
        onClose={() => setAdding(false)}
        title={t('publisher.add')}
        sub={t('publisher.addText')}
        submit={t('publisher.trust')}
        done={t('publisher.added')}
        onSubmit={(values) => trust.mutateAsync(values)}
      >
        <TextField name="name" label={t('publisher.name')} required />
        <TextField name="key" label={t('publisher.key')} extra={t('publisher.keyHint')} required max={100} />
        <TextField
          name="fingerprint"
          label={t('publisher.fingerprint')}
          extra={t('publisher.fingerprintHint')}
          max={100}
        />
      </FormDrawer>
    </Section>
  );
}

function Row({ publisher, onRemove }: { publisher: Publisher; onRemove?: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { name, fingerprint, at, by, server } = publisher;
  return (
    <li className="list-row">
      <div className="list-body">
        <div className="list-line">
          <span className="row-title" dir="auto">
            {name || t('publisher.ofServer')}
          </span>
          {server && <Chip>{t('publisher.server')}</Chip>}
        </div>
        <div className="list-sub publisher-print">{fingerprint}</div>
        {at && (
          <div className="list-sub">
            {t('publisher.since', { at: format.instant(at), name: by?.name ?? '' })}
          </div>
        )}
      </div>
      {onRemove && !server && (
        <div className="list-actions">
          <Button size="small" danger onClick={onRemove} aria-label={t('publisher.removeNamed', { name })}>
            {t('publisher.remove')}
          </Button>
        </div>
      )}
    </li>
  );
}
