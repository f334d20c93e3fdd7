import { EyeOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMe, useViewAs } from '@/shared/api/session';
import { useFormat } from '@/shared/lib/useFormat';

/** Says whose eyes one looks with, for how long, and ends it. */
export function ViewAsBanner() {
  const { t } = useTranslation();
  const format = useFormat();
  const { as, workspace } = useMe();
  const stop = useViewAs();
  if (!as) return null;
  const who = as.role ? t(`role.${as.role}`, { defaultValue: as.role }) : (as.name ?? '');
  return (
    <div className="as-banner" role="status">
      <EyeOutlined aria-hidden />
      <span className="as-text">
        {/* A demo's clock stands elsewhere: the hour at which this ends would not be found on it. */}
        {t(workspace.demo ? 'nav.viewAsDemo' : 'nav.viewAs', { who, until: format.time(as.until) })}
      </span>
      <Button size="small" loading={stop.isPending} onClick={() => stop.mutate(undefined)}>
        {t('nav.viewAsStop')}
      </Button>
    </div>
  );
}
