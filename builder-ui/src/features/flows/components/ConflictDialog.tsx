import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';
import { decide } from '../model/sync';
import { useDesigner, useDesignerStore } from '../store/designer';
import { ConflictList } from './ConflictList';

/** Two people changed the same thing: both sides, and the choice. Everything else is saved already. */
export default function ConflictDialog() {
  const { t } = useTranslation();
  const store = useDesignerStore();
  const conflicts = useDesigner((state) => state.sync.conflicts);
  const catalog = useDesigner((state) => state.catalog);
  const solve = (unit: string, side: 'mine' | 'theirs') => {
    const { sync, hear } = store.getState();
    hear(decide(sync, unit, side));
    store.setState({ save: { kind: 'saving' } });
  };
  return (
    <Modal
      open={conflicts.length > 0}
      closable={false}
      footer={null}
      title={t('designer.conflict.title')}
      width={640}
      destroyOnHidden
    >
      <p className="drawer-sub">{t('designer.conflict.text')}</p>
      <ConflictList conflicts={conflicts} catalog={catalog} onSolve={solve} />
    </Modal>
  );
}
