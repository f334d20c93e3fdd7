import { DeleteOutlined, EditOutlined, EyeOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { type Right, rightsOf, withRight } from '@/shared/access/roles';
import { useRoleWords } from '@/shared/access/useRoleWords';
import { useCan, useViewAs } from '@/shared/api/session';
import { useInSight } from '@/shared/lib/useInSight';
import { Chip } from '@/shared/ui/Chip';
import { IconButton } from '@/shared/ui/IconButton';
import { Section } from '@/shared/ui/Page';
import { ErrorState, errorText, Lines } from '@/shared/ui/states';
import { usePolicy, useSavePolicy } from '../api/settings';
import { ExplainPanel } from './ExplainPanel';
import { RightDrawer } from './RightDrawer';

/** Who may do what: each role's rows as sentences, and the answer to "why does this person see this account?". */
export function RolesTab() {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const words = useRoleWords();
  const canWrite = useCan('role.write');
  const viewAs = useViewAs();
  const navigate = useNavigate();
  const roles = usePolicy();
  const save = useSavePolicy();
  const [role, setRole] = useState('sales');
  const list = useInSight<HTMLElement>(role);
  const [editing, setEditing] = useState<Right | 'new'>();
  if (roles.error) return <ErrorState error={roles.error} onRetry={() => roles.refetch()} />;
  if (!roles.data) return <Lines rows={8} />;
  const { policy, items, version } = roles.data;
  const rights = rightsOf(policy, role);
  const masks = policy.masks.filter((mask) => mask.role === role);
  const put = (was: Right | undefined, next: Right | undefined) =>
    save.mutateAsync({ policy: withRight(policy, role, was, next), version });
  const remove = (right: Right) =>
    put(right, undefined).then(
      () => message.success(t('state.saved')),
      (cause) => message.error(errorText(cause, t).text),
    );
  return (
    <>
      <div className="roles">
        <nav ref={list} className="roles-list" aria-label={t('roles.list')}>
          {items.map(({ key }) => (
            <button
              key={key}
              type="button"
              className="roles-item"
              aria-current={key === role ? 'true' : undefined}
              onClick={() => setRole(key)}
            >
              {words.role(key)}
            </button>
          ))}
        </nav>
        <Section
          title={words.role(role)}
          count={rights.length}
          extra={
            canWrite && (
              <>
                <Button
                  size="small"
                  icon={<EyeOutlined />}
                  loading={viewAs.isPending}
                  onClick={() =>
                    viewAs.mutate(
                      { role },
                      {
                        onSuccess: () => navigate('/today'),
                        onError: (cause) => message.error(errorText(cause, t).text),
                      },
                    )
                  }
                >
                  {t('people.viewAsRole')}
                </Button>
                <Button size="small" type="primary" onClick={() => setEditing('new')}>
                  {t('roles.add')}
                </Button>
              </>
            )
          }
        >
          {masks.length > 0 && (
            <p className="list-sub roles-masks">
              {t('roles.masks', {
                tags: masks.map(({ access }) => words.access(access)).join(t('roles.comma')),
              })}
            </p>
          )}
          <ul className="roles-rights">
            {rights.map((right) => {
              const sentence = words.sentence(right);
              return (
                <li key={JSON.stringify(right)} className="roles-right">
                  <span>
                    {right.effect === 'deny' && <Chip tone="amber">{t('roles.deny')}</Chip>} {sentence}
                  </span>
                  {canWrite && (
                    <span className="roles-tools">
                      <IconButton
                        type="text"
                        size="small"
                        icon={<EditOutlined />}
                        label={t('roles.edit', { right: sentence })}
                        onClick={() => setEditing(right)}
                      />
                      <IconButton
                        type="text"
                        size="small"
                        icon={<DeleteOutlined />}
                        label={t('roles.remove', { right: sentence })}
                        onClick={() => remove(right)}
                      />
                    </span>
                  )}
                </li>
              );
            })}
          </ul>
        </Section>
      </div>
      <ExplainPanel />
      {editing && (
        <RightDrawer
          answer={roles.data}
          right={editing === 'new' ? undefined : editing}
          onClose={() => setEditing(undefined)}
          onSave={(next) => put(editing === 'new' ? undefined : editing, next)}
        />
      )}
    </>
  );
}
