import { MoreOutlined } from '@ant-design/icons';
import { App, Dropdown, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useCan, useMe, useViewAs } from '@/shared/api/session';
import { IconButton } from '@/shared/ui/IconButton';
import { errorText } from '@/shared/ui/states';
import { useChangeMember, useGiveReset, useResetTotp } from '../api/settings';
import type { Member, OnceLink } from '../model/settings';

type Props = {
  member: Member;
  onChange: () => void;
  onHandover: () => void;
  onLink: (link: OnceLink) => void;
};

/** What an administrator may do about a person. */
export function MemberMenu({ member, onChange, onHandover, onLink }: Props) {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const me = useMe();
  const navigate = useNavigate();
  const mayView = useCan('role.write');
  const change = useChangeMember();
  const reset = useGiveReset();
  const totp = useResetTotp();
  const viewAs = useViewAs();
  const myself = member.id === me.user.id;
  const failed = (cause: unknown) => void message.error(errorText(cause, t).text);
  const done = () => void message.success(t('state.saved'));

  const ask = (key: string, run: () => Promise<unknown>) =>
    modal.confirm({
      title: t(`people.ask.${key}`, { name: member.name }),
      content: t(`people.askText.${key}`),
      okText: t(`people.do.${key}`),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => run().then(done, failed),
    });
  const items: MenuProps['items'] = [
    { key: 'change', label: t('people.do.change') },
    ...(mayView && !myself && !member.disabled ? [{ key: 'viewAs', label: t('people.do.viewAs') }] : []),
    ...(member.shared
      ? []
      : [
          { key: 'reset', label: t('people.do.reset') },
          ...(member.totp ? [{ key: 'totp', label: t('people.do.totp') }] : []),
        ]),
    { key: 'handover', label: t('people.do.handover') },
    { type: 'divider' as const },
    ...(member.shared || myself
      ? []
      : [
          member.disabled
            ? { key: 'enable', label: t('people.do.enable') }
            : { key: 'disable', label: t('people.do.disable'), danger: true },
        ]),
    ...(myself ? [] : [{ key: 'leave', label: t('people.do.leave'), danger: true }]),
  ];
  const { id, version } = member;
  const pick = (key: string) => {
    if (key === 'change') onChange();
    if (key === 'handover') onHandover();
    if (key === 'viewAs')
      viewAs.mutate({ user: id }, { onSuccess: () => navigate('/today'), onError: failed });
    if (key === 'reset') reset.mutate(id, { onSuccess: onLink, onError: failed });
    if (key === 'totp') ask('totp', () => totp.mutateAsync(id));
    if (key === 'disable') ask('disable', () => change.mutateAsync({ id, version, disabled: true }));
    if (key === 'enable')
      change.mutate({ id, version, disabled: false }, { onSuccess: done, onError: failed });
    if (key === 'leave') ask('leave', () => change.mutateAsync({ id, version, leave: true }));
  };
  return (
    <Dropdown menu={{ items, onClick: ({ key }) => pick(key) }} trigger={['click']} placement="bottomRight">
      <IconButton
        type="text"
        size="small"
        icon={<MoreOutlined />}
        label={t('people.menu', { name: member.name })}
      />
    </Dropdown>
  );
}
