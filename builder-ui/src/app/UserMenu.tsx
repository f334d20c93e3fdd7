import { CheckOutlined, DownOutlined } from '@ant-design/icons';
import { Button, Dropdown, type MenuProps } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useMe, usePatchSession, useSetup, useSignIn, useSignOut } from '@/shared/api/session';
import { type ThemeChoice, usePrefs } from '@/shared/lib/prefs';
import { Avatar } from '@/shared/ui/Avatar';

const themes: ThemeChoice[] = ['system', 'light', 'dark'];

export function UserMenu() {
  const { t } = useTranslation();
  const me = useMe();
  const setup = useSetup();
  const signIn = useSignIn();
  const signOut = useSignOut();
  const patch = usePatchSession();
  const navigate = useNavigate();
  const { theme, setTheme } = usePrefs();
  const demoUsers = setup.data?.demo?.users ?? [];

  const mark = (on: boolean) => (on ? <CheckOutlined /> : <span className="menu-gap" />);
  const items: MenuProps['items'] = [
    {
      key: 'theme',
      type: 'group',
      label: t('nav.theme'),
      children: themes.map((choice) => ({
        key: `theme:${choice}`,
        icon: mark(choice === theme),
        label: t(`nav.themes.${choice}`),
      })),
    },
    ...(me.workspaces.length > 1
      ? [
          {
            key: 'workspaces',
            type: 'group' as const,
            label: t('nav.workspace'),
            children: me.workspaces.map(({ key, name }) => ({
              key: `workspace:${key}`,
              icon: mark(key === me.workspace.key),
              label: name,
            })),
          },
        ]
      : []),
    ...(demoUsers.length > 0
      ? [
          {
            key: 'demo',
            type: 'group' as const,
            label: t('demo.switchUser'),
            children: demoUsers.map(({ email, name, role }) => ({
              key: `demo:${email}`,
              icon: mark(email === me.user.email),
              label: t('demo.userWithRole', { name, role: t(`role.${role}`, { defaultValue: role }) }),
            })),
          },
        ]
      : []),
    { type: 'divider' },
    { key: 'me', label: t('nav.me') },
    { key: 'out', label: t('session.signOut') },
  ];

  const pick = (key: string) => {
    const [kind, ...rest] = key.split(':');
    const value = rest.join(':');
    if (kind === 'theme') setTheme(value as ThemeChoice);
    if (kind === 'workspace') patch.mutate({ workspace: value });
    if (kind === 'demo') signIn.mutate({ email: value, demo: true });
    if (kind === 'me') navigate('/me');
    if (kind === 'out') {
      try {
        sessionStorage.setItem('dueflow.left', '1');
      } catch {
        // Without storage a demo signs in again by itself, which is harmless.
      }
      signOut.mutate(undefined, { onSettled: () => navigate('/login') });
    }
  };

  return (
    <Dropdown menu={{ items, onClick: ({ key }) => pick(key) }} trigger={['click']} placement="bottomRight">
      <Button type="text" className="user-button" aria-label={t('nav.userMenu', { name: me.user.name })}>
        <Avatar name={me.user.name} />
        <span className="user-name">{me.user.name}</span>
        <DownOutlined className="user-caret" />
      </Button>
    </Dropdown>
  );
}
