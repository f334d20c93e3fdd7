import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Catalog } from '../model/catalog';
import type { Conflict } from '../model/sync';
import { ConflictList } from './ConflictList';

type Props = {
  conflicts: Conflict[];
  catalog: Catalog;
  onSolve: (unit: string, side: 'mine' | 'theirs') => void;
  onClose: () => void;
};

/** Where a private draft and the shared one changed the same thing. */
export default function PrivateConflicts({ conflicts, catalog, onSolve, onClose }: Props) {
  const { t } = useTranslation();
  return (
    <Modal open title={t('designer.conflict.title')} footer={null} width={640} onCancel={onClose}>
      <p className="drawer-sub">{t('designer.conflict.private')}</p>
      <ConflictList conflicts={conflicts} catalog={catalog} onSolve={onSolve} />
    </Modal>
  );
}
