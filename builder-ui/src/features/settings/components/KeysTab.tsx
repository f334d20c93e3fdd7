import { App, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCan } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { SelectField, TextField } from '@/shared/ui/fields';
import { Section } from '@/shared/ui/Page';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useAddKey, useApiKeys, useRevokeKey, useRoles } from '../api/settings';
import type { ApiKey } from '../model/settings';

type Values = { name: string; role: string };

export function KeysTab() {
  const { t } = useTranslation();
  const format = useFormat();
  const { message, modal } = App.useApp();
  const canWrite = useCan('settings.write');
  const list = useApiKeys();
  const roles = useRoles();
  const add = useAddKey();
  const revoke = useRevokeKey();
  const [adding, setAdding] = useState(false);
  const [secret, setSecret] = useState<string>();

  const askRevoke = (key: ApiKey) =>
    modal.confirm({
      title: t('settings.revokeTitle', { name: key.name }),
      content: t('settings.revokeText'),
      okText: t('settings.revoke'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => revoke.mutateAsync(key.id).catch((error) => message.error(errorText(error, t).text)),
    });

  return (
    <Section
      title={t('settings.keys')}
      count={list.data?.length}
      extra={
        canWrite && (
          <Button size="small" type="primary" onClick={() => setAdding(true)}>
            {t('settings.addKey')}
          </Button>
        )
      }
    >
      {list.error ? (
        <ErrorState error={list.error} onRetry={() => list.refetch()} />
      ) : !list.data ? (
        <Lines rows={3} />
      ) : list.data.length === 0 ? (
        <Empty small title={t('settings.noKeys')} text={t('settings.noKeysText')} />
      ) : (
        <ul className="list">
          {list.data.map((key) => (
            <li key={key.id} className="list-row">
              <div className="list-body">
                <div className="list-line row-title">{key.name}</div>
                <div className="list-sub num">
                  {[
                    key.prefix,
                    key.role && t(`role.${key.role}`, { defaultValue: key.role }),
                    t('settings.created', { date: format.instant(key.createdAt) }),
                  ]
                    .filter(Boolean)
                    .join(' · ')}
                </div>
              </div>
              {canWrite && (
                <div className="list-actions">
                  <Button
                    size="small"
                    danger
                    onClick={() => askRevoke(key)}
                    aria-label={t('settings.revokeNamed', { name: key.name })}
                  >
                    {t('settings.revoke')}
                  </Button>
                </div>
              )}
            </li>
          ))}
        </ul>
      )}
      <FormDrawer<Values>
        open={adding}
        onClose={() => setAdding(false)}
        title={t('settings.addKey')}
        submit={t('settings.addKey')}
        onSubmit={async (values) => setSecret((await add.mutateAsync(values)).secret)}
      >
        <TextField name="name" label={t('settings.keyName')} required />
        <SelectField
          name="role"
          label={t('settings.role')}
          required
          options={(roles.data ?? []).map(({ key, name }) => ({
            value: key,
            label: t(`role.${key}`, { defaultValue: format.text(name) || key }),
          }))}
        />
      </FormDrawer>
      <Modal
        open={secret !== undefined}
        onCancel={() => setSecret(undefined)}
        onOk={() => setSecret(undefined)}
        title={t('settings.keyReady')}
        okText={t('settings.keyStored')}
        cancelButtonProps={{ hidden: true }}
      >
        <p className="drawer-sub">{t('settings.keyOnce')}</p>
        <Input
          readOnly
          value={secret}
          aria-label={t('settings.keys')}
          className="num"
          onFocus={({ target }) => target.select()}
        />
      </Modal>
    </Section>
  );
}
