import {
  CheckCircleOutlined,
  CloudSyncOutlined,
  DisconnectOutlined,
  ExclamationCircleOutlined,
} from '@ant-design/icons';
import { App, Button, Popover } from 'antd';
import { useTranslation } from 'react-i18next';
import { useMe } from '@/shared/api/session';
import { useLeaveGuard } from '@/shared/lib/useLeaveGuard';
import { useForm } from '../api/forms';
import { forget } from '../model/keep';
import { useDesigner } from '../model/store';
import { focusSoon } from './focus';
import { useFieldName } from './useFieldName';

/** Whether the server has what is on the screen; it never says so before it does. */
export function SaveState() {
  const { t } = useTranslation();
  const { state: now, away, lost, problems, past } = useDesigner();
  // Typing on does not bring the server back.
  const state = away && (now === 'dirty' || now === 'saving') ? 'offline' : now;
  const gone = state === 'offline' && lost;
  useLeaveGuard(gone);
  if (state === 'conflict') return <Conflict />;
  if (state === 'refused') return <Problems />;
  if (state === 'saved' && past.length === 0) return null;
  const good = state === 'saved';
  return (
    <span className={`fd-state fd-state-${state}`} role="status" data-save={state}>
      {good ? (
        <CheckCircleOutlined aria-hidden />
      ) : state === 'offline' ? (
        <DisconnectOutlined aria-hidden />
      ) : (
        <CloudSyncOutlined aria-hidden />
      )}
      {t(`forms.state.${gone ? 'lost' : state}`, { count: problems.length })}
    </span>
  );
}

/** Why the server does not take the draft, each a click away from its field. */
function Problems() {
  const { t } = useTranslation();
  const { doc, published, problems, select } = useDesigner();
  const { labelOf, fieldAt } = useFieldName(doc, published);
  const list = (
    <ul className="fd-problems">
      {problems.map(({ pointer, rule, message }) => {
        const field = fieldAt(pointer);
        return (
          <li key={pointer + rule}>
            {field ? (
              <button
                type="button"
                onClick={() => {
                  select({ field });
                  focusSoon(`field-${field}`);
                }}
              >
                {labelOf(field)}
              </button>
            ) : (
              t('forms.theForm')
            )}
            {t('forms.colon')}
            {message}
          </li>
        );
      })}
    </ul>
  );
  return (
    <Popover content={list} trigger="click" placement="bottomLeft">
      <Button size="small" danger type="text" icon={<ExclamationCircleOutlined />}>
        {t('forms.state.refused', { count: problems.length })}
      </Button>
    </Popover>
  );
}

/** Somebody else saved in between: their version or mine, chosen by a person. */
function Conflict() {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { doc } = useDesigner();
  const workspace = useMe().workspace.key;
  const form = useForm(doc.key);
  const ask = async () => {
    const theirs = (await form.refetch()).data;
    if (!theirs) return;
    modal.confirm({
      title: t('forms.conflict'),
      content: t('forms.conflictText'),
      okText: t('forms.keepMine'),
      cancelText: t('forms.takeTheirs'),
      onOk: () => useDesigner.getState().adoptVersion(theirs.version),
      onCancel: (close) => {
        if (typeof close === 'function') close();
        forget(workspace, doc.key);
        useDesigner.getState().open(theirs);
      },
      keyboard: false,
    });
  };
  return (
    <Button size="small" danger type="text" icon={<ExclamationCircleOutlined />} onClick={ask}>
      {t('forms.state.conflict')}
    </Button>
  );
}
