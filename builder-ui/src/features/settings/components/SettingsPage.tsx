import '@/shared/access/texts';
import '../texts';
import { useTranslation } from 'react-i18next';
import { Navigate, NavLink, useParams } from 'react-router';
import { useCan } from '@/shared/api/session';
import { useInSight } from '@/shared/lib/useInSight';
import { Page } from '@/shared/ui/Page';
import { CatalogsTab } from './CatalogsTab';
import { ChannelsTab } from './ChannelsTab';
import { CalendarsTab } from './calendars/CalendarsTab';
import { ContactTab } from './contact/ContactTab';
import { KeysTab } from './KeysTab';
import { LogTab } from './log/LogTab';
import { MembersTab } from './MembersTab';
import { PortalTab } from './PortalTab';
import { PublishersTab } from './PublishersTab';
import { RolesTab } from './RolesTab';
import { SignInTab } from './SignInTab';
import { TasksTab } from './TasksTab';
import { TiersTab } from './TiersTab';
import { WorkspaceTab } from './WorkspaceTab';

const tabs = {
  workspace: WorkspaceTab,
  contact: ContactTab,
  calendars: CalendarsTab,
  members: MembersTab,
  roles: RolesTab,
  channels: ChannelsTab,
  portal: PortalTab,
  tasks: TasksTab,
  tiers: TiersTab,
  signin: SignInTab,
  keys: KeysTab,
  publishers: PublishersTab,
  catalogs: CatalogsTab,
  log: LogTab,
};

export default function SettingsPage() {
  const { t } = useTranslation();
  const { tab = 'workspace' } = useParams();
  const mayReadLog = useCan('audit.read');
  const parts = useInSight<HTMLElement>(tab);
  if (!(tab in tabs)) return <Navigate to="/settings/workspace" replace />;
  const Tab = tabs[tab as keyof typeof tabs];
  return (
    <Page title={t('nav.settings')}>
      <nav ref={parts} className="subnav" aria-label={t('settings.sections')}>
        {Object.keys(tabs)
          .filter((key) => key !== 'log' || mayReadLog)
          .map((key) => (
            <NavLink key={key} to={`/settings/${key}`} className="subnav-link">
              {t(`settings.${key}`)}
            </NavLink>
          ))}
      </nav>
      <Tab />
    </Page>
  );
}
