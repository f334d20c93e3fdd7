import { Alert, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import type { OnceLink } from '../model/settings';

/** A link that is shown once: what became of the letter, and the link itself to hand over. */
export function LinkDialog({ to, link, onClose }: { to: string; link: OnceLink; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [copied, setCopied] = useState(false);
  const url = window.location.origin + link.path;
  const copy = () =>
    navigator.clipboard
      ?.writeText(url)
      .then(() => setCopied(true))
      .catch(() => undefined);
  return (
    <Modal
      open
      onCancel={onClose}
      title={t('people.linkFor', { to })}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('people.linkDone')}
        </Button>
      }
    >
      <Alert
        type={link.mail === 'sent' ? 'success' : link.mail === 'failed' ? 'warning' : 'info'}
        showIcon
        title={t(`people.mail.${link.mail}`, { to })}
      />
      <p className="drawer-sub people-once">
        {t('people.linkOnce', { until: format.instant(link.expiresAt) })}
      </p>
      <div className="people-link">
        <Input readOnly value={url} aria-label={t('people.link')} onFocus={({ target }) => target.select()} />
        {/* Plain HTTP has no clipboard; the field selects itself there. */}
        {navigator.clipboard && <Button onClick={copy}>{t(copied ? 'people.copied' : 'people.copy')}</Button>}
      </div>
    </Modal>
  );
}
