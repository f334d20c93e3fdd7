import { MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Run, RunAction, RunStatus } from '../api/types';
import { IconButton } from './IconButton';
import { useRunControl } from './useRunControl';

const allowed: Record<RunStatus, RunAction[]> = {
  active: ['runNow', 'pause', 'skip', 'stop'],
  paused: ['resume', 'skip', 'stop'],
  parked: ['retry', 'skip', 'stop'],
  done: [],
};

/** The first action stands in the row, the others in a menu. */
export function RunActions({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { act, busy } = useRunControl();
  const [first, ...rest] = allowed[run.status] ?? [];
  if (!first) return null;
  return (
    <span className="row-actions">
      <Button size="small" onClick={() => act([run.id], first)} disabled={busy}>
        {t(`run.action.${first}`)}
      </Button>
      <Dropdown
        trigger={['click']}
        menu={{
          items: rest.map((key) => ({ key, label: t(`run.action.${key}`), danger: key === 'stop' })),
          onClick: ({ key }) => act([run.id], key as RunAction),
        }}
      >
        <IconButton
          size="small"
          type="text"
          icon={<MoreOutlined />}
          label={t('run.moreActions', { name: run.subject.label })}
        />
      </Dropdown>
    </span>
  );
}
