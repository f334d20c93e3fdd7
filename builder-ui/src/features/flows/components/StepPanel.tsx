import { CopyOutlined, DeleteOutlined, DragOutlined, EditFilled, MoreOutlined } from '@ant-design/icons';
import { Button, Dropdown, Input, InputNumber, Select, Switch } from 'antd';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { StepIcon, tintOf } from '../canvas/icons';
import { useStepTexts } from '../canvas/texts';
import type { FlowNode, LocalText, OnError } from '../model/document';
import { lacks } from '../model/todo';
import { usePanel } from '../panel/context';
import { Field } from '../panel/Field';
import { SchemaForm } from '../panel/SchemaForm';
import { TextWidget } from '../panel/TextWidget';
import { useDesigner, useDesignerStore } from '../store/designer';
import { StepIssues } from './IssueList';
import { StepLock } from './StepLock';
import { StepWays } from './StepWays';

type Props = { id: string; onRemove: () => void; onMove: () => void; onCopy: () => void; onBack: () => void };

/** The settings of one step, drawn from its type's schema. */
export default function StepPanel({ id, onRemove, onMove, onCopy, onBack }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDesignerStore();
  const { readOnly } = usePanel();
  const catalog = useDesigner((state) => state.catalog);
  const node = useDesigner((state) => state.sync.local[`nodes/${id}`]) as FlowNode | undefined;
  const texts = useStepTexts(catalog);
  if (!node) return null;
  const type = catalog.of(node);
  const trigger = catalog.isTrigger(node);
  const set = (next: FlowNode, tag: string) => store.getState().set(`nodes/${id}`, next, `${id}/${tag}`);
  const about = type ? format.text(type.about) : t('designer.unknownText', { type: node.type, v: node.v });

  return (
    <div className="panel-body">
      <div className="panel-head">
        <span className={`step-icon tint-${tintOf(type)}`} aria-hidden>
          <StepIcon type={node.type} known={type !== undefined} />
        </span>
        <h2 className="panel-title">{texts.typeName(node)}</h2>
        {!readOnly && (
          <Dropdown
            trigger={['click']}
            menu={{
              items: [
                { key: 'copy', icon: <CopyOutlined />, label: t('designer.copy'), disabled: trigger },
                { key: 'move', icon: <DragOutlined />, label: t('designer.moveTo'), disabled: trigger },
                {
                  key: 'remove',
                  icon: <DeleteOutlined />,
                  label: t('designer.remove'),
                  danger: true,
                  disabled: trigger,
                },
              ],
              onClick: ({ key }) => (key === 'copy' ? onCopy() : key === 'move' ? onMove() : onRemove()),
            }}
          >
            <IconButton type="text" size="small" icon={<MoreOutlined />} label={t('designer.stepActions')} />
          </Dropdown>
        )}
        <Button
          type="text"
          size="small"
          className="panel-close"
          aria-label={t('designer.closePanel')}
          onClick={onBack}
        >
          {t('designer.done')}
        </Button>
      </div>
      {about && <p className="panel-about">{about}</p>}
      <StepLock id={id} />
      <ToSetUp id={id} />
      <StepIssues id={id} />
      {trigger && !readOnly && <TriggerPicker node={node} onPick={(next) => set(next, 'type')} />}
      {type && (
        <SchemaForm
          schema={type.schema}
          pointer={`/nodes/${id}/cfg`}
          value={node.cfg ?? {}}
          onChange={(cfg, property) => set({ ...node, cfg }, property)}
        />
      )}
      <StepWays id={id} />
      <details className="panel-more">
        <summary>{t('designer.more')}</summary>
        <TextWidget
          label={t('designer.label')}
          help={t('designer.labelHelp')}
          pointer={`/nodes/${id}/label`}
          value={node.label as LocalText}
          onChange={(label) => set({ ...node, label: label as LocalText }, 'label')}
        />
        <Field label={t('designer.note')}>
          {({ id: control }) => (
            <Input.TextArea
              id={control}
              dir="auto"
              className="prop-area"
              rows={2}
              maxLength={2000}
              disabled={readOnly}
              value={node.note ?? ''}
              onChange={({ target }) => set({ ...node, note: target.value || undefined }, 'note')}
            />
          )}
        </Field>
        {!trigger && (
          <ErrorRule value={node.onError} onChange={(onError) => set({ ...node, onError }, 'onError')} />
        )}
        {!trigger && (
          <div className="prop prop-switch">
            <Switch
              size="small"
              aria-label={t('designer.disabled')}
              checked={node.disabled === true}
              disabled={readOnly}
              onChange={(on) => set({ ...node, disabled: on || undefined }, 'disabled')}
            />
            <span className="prop-label" aria-hidden>
              {t('designer.disabled')}
            </span>
          </div>
        )}
      </details>
    </div>
  );
}

/** A step just added says what to do with it, instead of being wrong before anybody touched it. */
function ToSetUp({ id }: { id: string }) {
  const { t } = useTranslation();
  const lacking = useDesigner(
    ({ fresh, inspection, sync }) =>
      fresh === id && inspection?.issues.some((issue) => lacks(sync.local, id, issue)),
  );
  if (!lacking) return null;
  return (
    <p className="step-todo" role="note">
      <EditFilled aria-hidden />
      <span>{t('designer.toSetUpText')}</span>
    </p>
  );
}

/** "When should this start?": another trigger keeps the settings that both know. */
function TriggerPicker({ node, onPick }: { node: FlowNode; onPick: (node: FlowNode) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const catalog = useDesigner((state) => state.catalog);
  const pick = (key: string) => {
    const type = catalog.newest('trigger').find((entry) => entry.type === key);
    if (!type) return;
    const cfg: Record<string, unknown> = structuredClone(type.defaults ?? {});
    for (const name of Object.keys(type.schema.properties ?? {}))
      if (node.cfg?.[name] !== undefined) cfg[name] = node.cfg[name];
    onPick({ ...node, type: type.type, v: type.v, cfg });
  };
  return (
    <Field label={t('designer.question.start')}>
      {({ id }) => (
        <Select
          id={id}
          className="prop-full"
          value={node.type}
          options={catalog
            .newest('trigger')
            .map((type) => ({ value: type.type, label: format.text(type.name) }))}
          onChange={pick}
        />
      )}
    </Field>
  );
}

function ErrorRule({ value, onChange }: { value?: OnError; onChange: (rule: OnError | undefined) => void }) {
  const { t } = useTranslation();
  const { readOnly } = usePanel();
  const then = value?.then ?? 'park';
  return (
    <Field label={t('designer.onError')} help={t('designer.onErrorHelp')}>
      {({ id }) => (
        <span className="prop-row">
          <Select
            id={id}
            className="prop-grow"
            value={then}
            disabled={readOnly}
            options={(['park', 'continue', 'port'] as const).map((key) => ({
              value: key,
              label: t(`designer.onErrorThen.${key}`),
            }))}
            // biome-ignore lint/suspicious/noThenProperty: the document calls it so, and nobody awaits it
            onChange={(next) => onChange({ ...value, then: next })}
          />
          <InputNumber
            className="prop-number"
            aria-label={t('designer.retries')}
            min={0}
            max={20}
            precision={0}
            prefix={<span className="prop-help">{t('designer.retriesShort')}</span>}
            value={value?.retries ?? 0}
            disabled={readOnly}
            onChange={(retries) => onChange({ then, retries: retries ?? 0 })}
          />
        </span>
      )}
    </Field>
  );
}
