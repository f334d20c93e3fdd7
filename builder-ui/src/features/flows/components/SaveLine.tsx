import {
  CheckOutlined,
  CloudSyncOutlined,
  DisconnectOutlined,
  ExclamationCircleOutlined,
} from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useLeaveGuard } from '@/shared/lib/useLeaveGuard';
import { useDesigner } from '../store/designer';

const icons = {
  saved: <CheckOutlined />,
  saving: <CloudSyncOutlined />,
  offline: <DisconnectOutlined />,
  refused: <ExclamationCircleOutlined />,
};

/** Whether the server has everything. It never says so before the server did. */
export function SaveLine() {
  const { t } = useTranslation();
  const save = useDesigner((state) => state.save);
  const conflicts = useDesigner((state) => state.sync.conflicts.length);
  const readOnly = useDesigner((state) => state.readOnly);
  useLeaveGuard(save.kind === 'offline' && save.lost === true);
  if (readOnly) return <span className="save">{t('designer.save.readOnly')}</span>;
  const text =
    save.kind === 'refused'
      ? conflicts
        ? t('designer.save.conflict', { count: conflicts })
        : t('designer.save.refused', { reason: save.text ?? '' })
      : t(`designer.save.${save.lost ? 'lost' : save.kind}`);
  return (
    <span className={`save save-${save.kind}`} role="status" data-save={save.kind} title={text}>
      {icons[save.kind]}
      <span className="save-text">{text}</span>
    </span>
  );
}
