import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { groupsOf, kindOf } from '@/shared/form/kinds';
import { useFormat } from '@/shared/lib/useFormat';
import { removeGroup, type Selected, setSteps, updateGroup } from '../model/edit';
import { useDesigner } from '../model/store';
import { FieldProperties } from './FieldProperties';
import { NamesRow, Part, SelectRow, TextRow, Tick } from './PropertyParts';
import { RulesPart } from './RulesPart';
import { StepsPart } from './StepsPart';

/** The right pane: what is selected, or the form as a whole. */
export function Properties() {
  const { t } = useTranslation();
  const { selected } = useDesigner();
  const [whole, setWhole] = useState<Selected | 'form'>();
  const asForm = selected === undefined || whole === 'form';
  return (
    <aside className="fd-props" aria-label={t('forms.properties')}>
      <Segmented
        block
        size="small"
        aria-label={t('forms.propertiesOf')}
        value={asForm ? 'form' : 'field'}
        onChange={(value) => setWhole(value === 'form' ? 'form' : undefined)}
        options={[
          { value: 'field', label: t('forms.selection'), disabled: selected === undefined },
          { value: 'form', label: t('forms.theForm') },
        ]}
      />
      {asForm ? (
        <FormProperties />
      ) : 'field' in selected ? (
        <FieldProperties key={selected.field} name={selected.field} />
      ) : (
        <GroupProperties at={selected.group} />
      )}
    </aside>
  );
}

function GroupProperties({ at }: { at: number }) {
  const { t } = useTranslation();
  const { doc, change } = useDesigner();
  const groups = groupsOf(doc);
  const group = groups[at];
  if (!group) return null;
  return (
    <Part title={t('forms.section')}>
      <NamesRow
        label={t('forms.title')}
        names={group.title}
        onChange={(title) => change(updateGroup(doc, at, { title }), undefined, `group ${at}`)}
      />
      <Tick
        label={t('forms.startsTab')}
        help={t('forms.startsTabHint')}
        checked={group.tab !== undefined}
        onChange={(on) =>
          change(
            updateGroup(doc, at, { tab: on ? (group.title ?? { en: 'Tab', 'zh-CN': '标签页' }) : undefined }),
          )
        }
      />
      {group.tab && (
        <NamesRow
          label={t('forms.tabTitle')}
          names={group.tab}
          onChange={(tab) => change(updateGroup(doc, at, { tab }), undefined, `tab ${at}`)}
        />
      )}
      <Button
        danger
        size="small"
        disabled={groups.length < 2}
        onClick={() => change(removeGroup(doc, at), undefined)}
      >
        {t('forms.removeSection')}
      </Button>
    </Part>
  );
}

function FormProperties() {
  const { t } = useTranslation();
  const format = useFormat();
  const { doc, published, change } = useDesigner();
  const titles = Object.entries(doc.schema.properties ?? {})
    .filter(([, property]) => ['text', 'autoNumber', 'email'].includes(kindOf(property)))
    .map(([value, property]) => ({ value, label: format.text(property['x-df-label']) || value }));
  return (
    <>
      <Part title={t('forms.theForm')}>
        <NamesRow
          label={t('forms.name')}
          names={doc.name}
          onChange={(name) => change({ ...doc, name }, undefined, 'name')}
        />
        <TextRow
          label={t('forms.key')}
          value={doc.key}
          disabled
          onChange={() => {}}
          help={t('forms.keyHint')}
          mono
        />
        <SelectRow
          label={t('forms.titleField')}
          help={t('forms.titleFieldHint')}
          value={doc.title}
          options={titles}
          clear
          onChange={(title) => change({ ...doc, title })}
        />
      </Part>
      <RulesPart />
      {published && (
        <StepsPart
          steps={doc.steps ?? []}
          onChange={(steps) => change(setSteps(doc, steps), undefined, 'steps')}
        />
      )}
    </>
  );
}
