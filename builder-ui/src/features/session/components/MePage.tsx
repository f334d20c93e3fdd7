import '../texts';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/api/session';
import { Page } from '@/shared/ui/Page';
import { AbsenceSection } from './AbsenceSection';
import { NoticesSection } from './NoticesSection';
import { SecuritySection } from './SecuritySection';

/** What people set for themselves. */
export default function MePage() {
  const { t } = useTranslation();
  const me = useMe();
  return (
    <Page title={t('nav.me')} sub={me.user.email}>
      <div className="me-sections">
        <AbsenceSection />
        <NoticesSection />
        <SecuritySection />
      </div>
    </Page>
  );
}
