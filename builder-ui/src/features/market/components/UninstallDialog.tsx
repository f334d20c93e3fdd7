import { Alert, App, Checkbox, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { ErrorState, Lines, useErrorText } from '@/shared/ui/states';
import { type Installed, useRemoval, useUninstall } from '../api/packs';
import { byKind } from '../model/plan';

const tones = { remove: 'amber', keep: 'neutral', stop: 'red' } as const;

/** What would go, what stays and why; only then does it go. */
export function UninstallDialog({ pack, onClose }: { pack: Installed; onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message } = App.useApp();
  const [stop, setStop] = useState(false);
  const removal = useRemoval(pack.id, stop);
  const uninstall = useUninstall();
  const problem = useErrorText(uninstall.error);
  const name = format.text(pack.name) || pack.id;
  const submit = () =>
    uninstall.mutate(
      { id: pack.id, stop },
      {
        onSuccess: () => {
          message.success(t('market.uninstalled', { name }));
          onClose();
        },
      },
    );
  return (
    <Modal
      open
      title={t('market.uninstallTitle', { name })}
      okText={t('market.uninstall')}
      cancelText={t('action.cancel')}
      okButtonProps={{ danger: true, disabled: !removal.data }}
      confirmLoading={uninstall.isPending}
      onOk={submit}
      onCancel={onClose}
      width={560}
    >
      <p className="list-sub">{t('market.uninstallText')}</p>
      {removal.data ? (
        byKind(removal.data).map(({ kind, objects }) => (
          <div key={kind} className="pack-part">
            <h2 className="pack-part-title">{t(`market.kind.${kind}`)}</h2>
            <ul>
              {objects.map((object) => (
                <li key={object.as} className="pack-object">
                  <div className="pack-object-line">
                    <span className="row-title" dir="auto">
                      {format.text(object.name) || t(`market.form.${object.as}`, { defaultValue: object.as })}
                    </span>
                    <Chip tone={tones[object.action]}>{t(`market.out.${object.action}`)}</Chip>
                  </div>
                  {object.reason && <p className="list-sub">{t(`market.why.${object.reason}`)}</p>}
                </li>
              ))}
            </ul>
          </div>
        ))
      ) : removal.error ? (
        <ErrorState error={removal.error} onRetry={() => removal.refetch()} />
      ) : (
        <Lines rows={4} />
      )}
      <Checkbox checked={stop} onChange={({ target }) => setStop(target.checked)}>
        {t('market.stopRuns')}
      </Checkbox>
      {uninstall.error && (
        <Alert
          className="pack-alert"
          type="error"
          role="alert"
          showIcon
          title={problem.title}
          description={problem.text}
        />
      )}
    </Modal>
  );
}
