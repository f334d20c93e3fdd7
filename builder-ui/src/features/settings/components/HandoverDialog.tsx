import { Alert, Button, Form, Modal, Progress, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Lines, useErrorText } from '@/shared/ui/states';
import { useHandOver, useHandover, useHandoverPlan, useMembers } from '../api/settings';
import type { Member } from '../model/settings';

/** All accounts and open tasks of somebody who leaves, to a colleague: what would move, and how far it is. */
export function HandoverDialog({ member, onClose }: { member: Member; onClose: () => void }) {
  const { t } = useTranslation();
  const plan = useHandoverPlan(member.id);
  const members = useMembers();
  const begin = useHandOver();
  const [to, setTo] = useState<string>();
  const progress = useHandover(begin.data?.id).data ?? begin.data;
  const { text } = useErrorText(begin.error ?? plan.error);
  const done = progress?.status === 'done';
  const all = (progress?.accounts ?? 0) + (progress?.tasks ?? 0);
  const moved = (progress?.movedAccounts ?? 0) + (progress?.movedTasks ?? 0);
  const nothing = plan.data !== undefined && plan.data.accounts + plan.data.tasks === 0;
  return (
    <Modal
      open
      onCancel={onClose}
      title={t('people.handover', { name: member.name })}
      footer={
        progress ? (
          <Button type="primary" onClick={onClose}>
            {t('people.linkDone')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('action.cancel')}</Button>
            <Button
              type="primary"
              disabled={!to || nothing}
              loading={begin.isPending}
              onClick={() => to && begin.mutate({ from: member.id, to })}
            >
              {t('people.do.handover')}
            </Button>
          </>
        )
      }
    >
      {(begin.error || plan.error) && <Alert type="error" role="alert" showIcon title={text} />}
      {progress ? (
        <div role="status">
          <Progress
            percent={done ? 100 : Math.round((100 * moved) / Math.max(all, 1))}
            aria-label={t('people.handover', { name: member.name })}
          />
          <p>
            {t(done ? 'people.handedOver' : 'people.handing', {
              accounts: progress.movedAccounts,
              tasks: progress.movedTasks,
            })}
          </p>
          {progress.failed > 0 && <p>{t('people.handoverFailed', { count: progress.failed })}</p>}
        </div>
      ) : plan.data ? (
        <>
          <p>{t(nothing ? 'people.handoverNothing' : 'people.handoverPlan', plan.data)}</p>
          {!nothing && (
            <Form layout="vertical">
              <Form.Item label={t('people.handoverTo')} required htmlFor="handover-to">
                <Select
                  id="handover-to"
                  value={to}
                  onChange={setTo}
                  placeholder={t('field.choose')}
                  options={(members.data ?? [])
                    .filter(({ id, disabled }) => id !== member.id && !disabled)
                    .map(({ id, name }) => ({ value: id, label: name }))}
                />
              </Form.Item>
            </Form>
          )}
        </>
      ) : (
        <Lines rows={2} />
      )}
    </Modal>
  );
}
