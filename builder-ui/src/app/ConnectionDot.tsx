import { Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useLiveStore } from '@/shared/api/useLive';

export function ConnectionDot() {
  const { t } = useTranslation();
  const status = useLiveStore((live) => live.status);
  return (
    <Tooltip title={t(`live.${status}Hint`)}>
      <span className={`live live-${status}`} role="status">
        <span className="live-dot" aria-hidden />
        <span className="live-text">{t(`live.${status}`)}</span>
      </span>
    </Tooltip>
  );
}
