import { DeleteOutlined, DownOutlined, UpOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import type { KeyboardEvent } from 'react';
import { useTranslation } from 'react-i18next';
import type { Group } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { moveGroup, removeGroup } from '../model/edit';
import { useDesigner } from '../model/store';
import { focusSoon } from './focus';

/** The head of a section on the canvas; a section without a title is a thin line that can still be selected. */
export function GroupHead({ group, at }: { group: Group; at: number }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { doc, selected, select, change } = useDesigner();
  const total = doc.layout?.groups?.length ?? 1;
  const on = selected !== undefined && 'group' in selected && selected.group === at;
  const tab = format.text(group.tab);
  const title = format.text(group.title);
  const move = (by: -1 | 1) => {
    change(moveGroup(doc, at, by), { group: at + by });
    focusSoon(`group-${at + by}`);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.altKey && event.key === 'ArrowUp' && at > 0) move(-1);
    else if (event.altKey && event.key === 'ArrowDown' && at < total - 1) move(1);
    else if (event.key === 'Delete' && total > 1) change(removeGroup(doc, at), undefined);
    else return;
    event.preventDefault();
  };
  return (
    <div className={on ? 'fd-group-head fd-group-on' : 'fd-group-head'}>
      <button
        type="button"
        className="fd-group-pick"
        data-item={`group-${at}`}
        aria-pressed={on}
        onClick={() => select({ group: at })}
        onKeyDown={keys}
      >
        {tab && <span className="fd-tab-name">{tab}</span>}
        <span className={title ? 'rf-group-title' : 'fd-group-untitled'}>
          {title || t('forms.sectionAt', { at: at + 1 })}
        </span>
      </button>
      {on && (
        <span className="fd-tools">
          <IconButton
            size="small"
            type="text"
            icon={<UpOutlined />}
            label={t('forms.moveUp')}
            disabled={at === 0}
            onClick={() => move(-1)}
          />
          <Button
            size="small"
            type="text"
            icon={<DownOutlined />}
            aria-label={t('forms.moveDown')}
            disabled={at >= total - 1}
            onClick={() => move(1)}
          />
          <Button
            size="small"
            type="text"
            icon={<DeleteOutlined />}
            aria-label={t('forms.removeSection')}
            disabled={total < 2}
            onClick={() => change(removeGroup(doc, at), undefined)}
          />
        </span>
      )}
    </div>
  );
}
