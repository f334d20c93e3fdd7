import {
  BlockOutlined,
  FileAddOutlined,
  QuestionCircleOutlined,
  RedoOutlined,
  SettingOutlined,
  UndoOutlined,
} from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/shared/ui/Avatar';
import { countFindings } from '../model/todo';
import { useDesigner, useDesignerStore } from '../store/designer';
import { usePeople } from '../store/presence';
import { DraftMenu } from './DraftMenu';
import { PublishButton } from './Publish';
import { SaveLine } from './SaveLine';

type Props = {
  onKeys: () => void;
  onIssues: () => void;
  onSettings: () => void;
  onAddNote: () => void;
  showRuns: boolean;
  onShowRuns: (on: boolean) => void;
};

export function Toolbar({ onKeys, onIssues, onSettings, onAddNote, showRuns, onShowRuns }: Props) {
  const { t } = useTranslation();
  const store = useDesignerStore();
  const readOnly = useDesigner((state) => state.readOnly);
  const panel = useDesigner((state) => state.panel);
  const canUndo = useDesigner((state) => state.history.past.length > 0);
  const canRedo = useDesigner((state) => state.history.future.length > 0);
  const issues = useDesigner((state) => state.inspection?.issues);
  const live = useDesigner((state) => state.draft.live);
  const fresh = useDesigner((state) => state.fresh);
  const { errors, warnings, todo } = countFindings(issues ?? [], fresh);
  return (
    <div className="toolbar" role="toolbar" aria-label={t('designer.toolbar')}>
      {!readOnly && (
        <>
          <Tooltip title={t('designer.undoHint')}>
            <Button
              type="text"
              icon={<UndoOutlined />}
              disabled={!canUndo}
              aria-label={t('designer.undo')}
              onClick={() => store.getState().undo()}
            />
          </Tooltip>
          <Tooltip title={t('designer.redoHint')}>
            <Button
              type="text"
              icon={<RedoOutlined />}
              disabled={!canRedo}
              aria-label={t('designer.redo')}
              onClick={() => store.getState().redo()}
            />
          </Tooltip>
          <Tooltip title={t('designer.noteAdd')}>
            <Button
              type="text"
              className="toolbar-wide"
              icon={<FileAddOutlined />}
              aria-label={t('designer.noteAdd')}
              onClick={onAddNote}
            />
          </Tooltip>
        </>
      )}
      {live && (
        <Tooltip title={t('designer.runsHint')}>
          <Button
            type={showRuns ? 'default' : 'text'}
            icon={<BlockOutlined />}
            aria-pressed={showRuns}
            aria-label={t('designer.runs')}
            onClick={() => onShowRuns(!showRuns)}
          />
        </Tooltip>
      )}
      <Tooltip title={t('designer.keysHint')}>
        <Button
          type="text"
          className="toolbar-wide"
          icon={<QuestionCircleOutlined />}
          aria-label={t('designer.keys')}
          onClick={onKeys}
        />
      </Tooltip>
      <SaveLine />
      <div className="toolbar-right">
        <People />
        <Button
          type="text"
          icon={<SettingOutlined />}
          aria-label={t('designer.settings')}
          title={t('designer.flowSettings')}
          aria-pressed={panel === 'flow'}
          onClick={() => {
            store.getState().show('flow');
            onSettings();
          }}
        >
          <span className="toolbar-text">{t('designer.settings')}</span>
        </Button>
        <Button
          type="text"
          aria-label={[
            t('designer.checklist'),
            t('designer.checklistCount', { errors, warnings }),
            todo > 0 && t('designer.toSetUp'),
          ]
            .filter(Boolean)
            .join(t('designer.pause'))}
          aria-pressed={panel === 'issues'}
          onClick={() => {
            store.getState().show('issues');
            onIssues();
          }}
        >
          <span
            className={`count ${errors ? 'count-bad' : warnings ? 'count-warn' : todo ? 'count-todo' : 'count-good'}`}
            aria-hidden
          >
            {errors || warnings || (todo ? '…' : '✓')}
          </span>
          <span className="toolbar-text">{t('designer.checklist')}</span>
        </Button>
        <DraftMenu />
        <PublishButton onIssues={onIssues} />
      </div>
    </div>
  );
}

function People() {
  const { t } = useTranslation();
  const people = usePeople();
  if (people.length === 0) return null;
  const names = [...new Set(people.map(({ name }) => name))];
  return (
    <Tooltip title={t('designer.alsoHere', { names: names.join(t('designer.comma')) })}>
      <span
        className="people"
        role="img"
        aria-label={t('designer.alsoHere', { names: names.join(t('designer.comma')) })}
      >
        {names.slice(0, 4).map((name) => (
          <span
            key={name}
            className={
              people.some((person) => person.name === name && person.editing)
                ? 'person person-editing'
                : 'person'
            }
          >
            <Avatar name={name} />
          </span>
        ))}
        {names.length > 4 && (
          <span className="people-more">{t('designer.morePeople', { count: names.length - 4 })}</span>
        )}
      </span>
    </Tooltip>
  );
}
