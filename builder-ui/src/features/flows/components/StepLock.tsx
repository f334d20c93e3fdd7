import { useTranslation } from 'react-i18next';
import { Avatar } from '@/shared/ui/Avatar';
import { usePeople } from '../store/presence';

/** Who works on this step right now. It is a polite hint: their edits and ours are never mixed up silently. */
export function StepLock({ id }: { id: string }) {
  const { t } = useTranslation();
  const holder = usePeople().find(({ at, editing }) => at === id && editing);
  if (!holder) return null;
  return (
    <p className="lock" role="status">
      <Avatar name={holder.name} />
      <span>{t('designer.lockedBy', { name: holder.name })}</span>
    </p>
  );
}
