import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Button, Form, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import { useMe } from '@/shared/api/session';
import { Chip } from '@/shared/ui/Chip';
import { FormDrawer } from '@/shared/ui/FormDrawer';
import { Section } from '@/shared/ui/Page';
import { TotpSetup } from './TotpSetup';

/** One's second factor: on, off, and what it is good for. */
export function SecuritySection() {
  const { t } = useTranslation();
  const me = useMe();
  const client = useQueryClient();
  const [setting, setSetting] = useState(false);
  const [dropping, setDropping] = useState(false);
  const reload = () => client.invalidateQueries({ queryKey: keys.session });
  const drop = useMutation({
    mutationFn: (values: { password: string }) => api.post('/session/totp/drop', values),
    onSuccess: reload,
  });
  return (
    <Section title={t('entry.second')}>
      <div className="section-pad">
        <p>{t('entry.secondText')}</p>
        {me.via === 'provider' ? (
          <p className="list-sub">{t('entry.secondProvider')}</p>
        ) : me.totp ? (
          <p className="me-line">
            <Chip tone="green">{t('entry.on')}</Chip>
            <Button size="small" onClick={() => setDropping(true)}>
              {t('entry.turnOff')}
            </Button>
          </p>
        ) : (
          <Button type="primary" onClick={() => setSetting(true)}>
            {t('entry.turnOn')}
          </Button>
        )}
      </div>
      <Modal
        open={setting}
        onCancel={() => setSetting(false)}
        title={t('entry.second')}
        footer={null}
        destroyOnHidden
      >
        <TotpSetup
          onDone={() => {
            setSetting(false);
            reload();
          }}
        />
      </Modal>
      <FormDrawer<{ password: string }>
        open={dropping}
        onClose={() => setDropping(false)}
        title={t('entry.turnOff')}
        sub={t('entry.turnOffText')}
        submit={t('entry.turnOff')}
        danger
        done={t('state.saved')}
        onSubmit={(values) => drop.mutateAsync(values)}
      >
        <Form.Item
          name="password"
          label={t('field.password')}
          rules={[{ required: true, message: t('field.required') }]}
        >
          <Input type="password" autoComplete="current-password" />
        </Form.Item>
      </FormDrawer>
    </Section>
  );
}
