import {
  AppstoreOutlined,
  BarChartOutlined,
  ControlOutlined,
  FileTextOutlined,
  FormOutlined,
  InboxOutlined,
  MenuFoldOutlined,
  MenuOutlined,
  MenuUnfoldOutlined,
  MessageOutlined,
  NodeIndexOutlined,
  ProjectOutlined,
  SettingOutlined,
  SunOutlined,
  TeamOutlined,
  TransactionOutlined,
} from '@ant-design/icons';
import { Tooltip } from 'antd';
import { type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet, useLocation } from 'react-router';
import { NoticeBell } from '@/features/board/components/NoticeBell';
import { FindButton } from '@/features/find/components/FindButton';
import { useMe } from '@/shared/api/session';
import type { Permission } from '@/shared/api/types';
import { useLive } from '@/shared/api/useLive';
import { useNoticesHere } from '@/shared/api/useNoticesHere';
import { lazy } from '@/shared/lib/lazy';
import { usePrefs } from '@/shared/lib/prefs';
import { IconButton } from '@/shared/ui/IconButton';
import { LanguageSwitch } from '@/shared/ui/LanguageSwitch';
import { Logo } from '@/shared/ui/Logo';
import { PageSkeleton } from '@/shared/ui/states';
import { ClockBanner } from './ClockBanner';
import { ConnectionDot } from './ConnectionDot';
import { UserMenu } from './UserMenu';
import { ViewAsBanner } from './ViewAsBanner';

// What goes out is only the sandbox's where nothing else can be used.
const items: { to: string; label: string; real?: string; icon: ReactNode; can?: Permission }[] = [
  { to: '/today', label: 'nav.today', icon: <SunOutlined /> },
  { to: '/board', label: 'nav.board', icon: <ProjectOutlined /> },
  { to: '/customers', label: 'nav.customers', icon: <TeamOutlined /> },
  { to: '/invoices', label: 'nav.invoices', icon: <FileTextOutlined /> },
  { to: '/payments', label: 'nav.payments', icon: <TransactionOutlined />, can: 'payment.read' },
  { to: '/runs', label: 'nav.runs', icon: <ControlOutlined /> },
  { to: '/review', label: 'nav.review', icon: <BarChartOutlined /> },
  { to: '/flows', label: 'nav.flows', icon: <NodeIndexOutlined /> },
  { to: '/market', label: 'nav.market', icon: <AppstoreOutlined />, can: 'pack.read' },
  { to: '/forms', label: 'nav.forms', icon: <FormOutlined /> },
  { to: '/messages', label: 'nav.messages', icon: <MessageOutlined /> },
  { to: '/inbox', label: 'nav.inbox', real: 'nav.sent', icon: <InboxOutlined /> },
  { to: '/settings', label: 'nav.settings', icon: <SettingOutlined /> },
];

// Only narrow screens ever open it.
const NavDrawer = lazy(() => import('./NavDrawer'));
const needsWidth = /^\/(flows\/.+|board(\/.*)?)$/;

export function Shell() {
  const { t } = useTranslation();
  const me = useMe();
  const { narrowNav: chosenNarrow, toggleNav } = usePrefs();
  const [menuOpen, setMenuOpen] = useState(false);
  const [menuUsed, setMenuUsed] = useState(false);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const section = pathname.split('/')[1];
  // Designers and the board need the width; the choice made elsewhere stays as it is. All parts of a flow
  // have the same, so that nothing jumps from one to the next.
  const narrowNav = chosenNarrow || needsWidth.test(pathname);
  const firstSection = useRef(section);

  useLive(me.workspace.key);
  useNoticesHere(me.user.id);
  useEffect(() => {
    setMenuOpen(false);
    if (firstSection.current === section) return;
    firstSection.current = section;
    // A new page starts at its top, for the eye and for the screen reader.
    main.current?.focus({ preventScroll: true });
    main.current?.scrollTo(0, 0);
  }, [section]);

  return (
    <div className={narrowNav ? 'shell shell-narrow' : 'shell'}>
      <a className="skip-link" href="#main">
        {t('nav.skip')}
      </a>
      <aside className="sider">
        <div className="sider-brand">
          <Logo />
          <span className="sider-word">Dueflow</span>
        </div>
        <Nav label={t('nav.label')} narrow={narrowNav} />
        <button type="button" className="sider-fold" onClick={toggleNav} aria-expanded={!narrowNav}>
          {narrowNav ? <MenuUnfoldOutlined /> : <MenuFoldOutlined />}
          <span className="nav-text">{t(narrowNav ? 'nav.expand' : 'nav.collapse')}</span>
        </button>
      </aside>
      <div className="shell-body">
        <header className="top">
          <div className="header">
            <IconButton
              className="header-menu"
              type="text"
              icon={<MenuOutlined />}
              label={t('nav.open')}
              aria-expanded={menuOpen}
              onClick={() => {
                setMenuUsed(true);
                setMenuOpen(true);
              }}
            />
            <span className="header-workspace">{me.workspace.name}</span>
            <ConnectionDot />
            <div className="header-right">
              <FindButton />
              <NoticeBell />
              <LanguageSwitch />
              <UserMenu />
            </div>
          </div>
          {me.as && <ViewAsBanner />}
          {me.workspace.demo && <ClockBanner />}
        </header>
        <main id="main" className="main" tabIndex={-1} ref={main}>
          <Suspense fallback={<PageSkeleton />}>
            <Outlet />
          </Suspense>
        </main>
      </div>
      {menuUsed && (
        <Suspense fallback={null}>
          <NavDrawer open={menuOpen} onClose={() => setMenuOpen(false)}>
            <Nav label={t('nav.label')} narrow={false} onPick={() => setMenuOpen(false)} />
          </NavDrawer>
        </Suspense>
      )}
    </div>
  );
}

function Nav({ label, narrow, onPick }: { label: string; narrow: boolean; onPick?: () => void }) {
  const { t } = useTranslation();
  const { can, workspace } = useMe();
  return (
    <nav aria-label={label} className="nav">
      {items
        .filter((item) => !item.can || can[item.can])
        .map(({ to, icon, label, real }) => {
          const name = t(real && !workspace.demo ? real : label);
          return (
            <Tooltip key={to} title={narrow ? name : ''} placement="right">
              <NavLink to={to} className="nav-link" onClick={onPick} aria-label={narrow ? name : undefined}>
                <span className="nav-icon" aria-hidden>
                  {icon}
                </span>
                <span className="nav-text">{name}</span>
              </NavLink>
            </Tooltip>
          );
        })}
    </nav>
  );
}
