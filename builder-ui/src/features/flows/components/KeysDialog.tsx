import { Modal } from 'antd';
import { useTranslation } from 'react-i18next';

const keys: [string, string][] = [
  ['↑ ↓ ← →', 'walk'],
  ['Enter', 'open'],
  ['Esc', 'back'],
  ['+ / Insert', 'add'],
  ['Delete', 'remove'],
  ['Alt + ↑ ↓', 'moveStep'],
  ['Alt + ← →', 'moveTo'],
  ['Shift + ↑ ↓', 'more'],
  ['Ctrl + C / V', 'copy'],
  ['Ctrl + Z / Y', 'undo'],
  ['Home / End', 'ends'],
  ['?', 'help'],
];

export default function KeysDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <Modal open onCancel={onClose} footer={null} title={t('designer.keys')} width={460}>
      <dl className="keys">
        {keys.map(([key, name]) => (
          <div key={name}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{t(`designer.key.${name}`)}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
