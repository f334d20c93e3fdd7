import '../texts';
import { useQueryClient } from '@tanstack/react-query';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { keys } from '@/shared/api/query';
import { useSignOut } from '@/shared/api/session';
import { useTitle } from '@/shared/lib/useTitle';
import { EntryLayout } from './EntryLayout';
import { TotpSetup } from './TotpSetup';

/** For people whose role asks for a second factor they do not have yet: nothing else works before. */
export default function EnrolPage() {
  const { t } = useTranslation();
  const client = useQueryClient();
  const signOut = useSignOut();
  useTitle(t('entry.enrol'));
  return (
    <EntryLayout>
      <h1 className="entry-title">{t('entry.enrol')}</h1>
      <p className="entry-sub">{t('entry.enrolSub')}</p>
      <TotpSetup onDone={() => client.invalidateQueries({ queryKey: keys.session })} />
      <p className="entry-more">
        <Button type="link" onClick={() => signOut.mutate()}>
          {t('session.signOut')}
        </Button>
      </p>
    </EntryLayout>
  );
}
