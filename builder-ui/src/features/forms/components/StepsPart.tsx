import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Step } from '@/shared/form/types';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import { removedKeys } from '../model/edit';
import { useDesigner } from '../model/store';
import { Part } from './PropertyParts';

type Props = { steps: Step[]; onChange: (steps: Step[]) => void };

/** What happens to the records that are there when this draft is published. */
export function StepsPart({ steps, onChange }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { doc, published } = useDesigner();
  const removed = removedKeys(published, doc);
  const nameOf = (key: string) => format.text(published?.schema.properties?.[key]?.['x-df-label']) || key;
  const gone = [...new Set([...removed, ...steps.map(({ from }) => from ?? '').filter(Boolean)])].map(
    (value) => ({ value, label: `${nameOf(value)} (${value})` }),
  );
  const ours = Object.entries(doc.schema.properties ?? {})
    .filter(([, property]) => !property['x-df-system'])
    .map(([value, property]) => ({
      value,
      label: `${format.text(property['x-df-label']) || value} (${value})`,
    }));
  const edit = (at: number, part: Partial<Step>) =>
    onChange(steps.map((step, place) => (place === at ? { ...step, ...part } : step)));
  const unclaimed = removed.filter((key) => !steps.some(({ from }) => from === key));
  return (
    <Part title={t('forms.steps')}>
      <p className="rf-help">{t('forms.stepsHint')}</p>
      {unclaimed.length > 0 && (
        <p className="fd-note">
          {t('forms.unclaimed', { fields: unclaimed.map(nameOf).join(t('forms.comma')) })}
        </p>
      )}
      {steps.map((step, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: steps run in their order
        <div key={at} className="fd-rule">
          <div className="fd-rule-line">
            <Select
              size="small"
              className="fd-grow"
              value={step.op}
              aria-label={t('forms.stepOp')}
              options={(['rename', 'retype', 'split', 'default'] as const).map((value) => ({
                value,
                label: t(`forms.stepOps.${value}`),
              }))}
              onChange={(op: Step['op']) =>
                edit(at, {
                  op,
                  type: op === 'retype' ? 'number' : undefined,
                  value: op === 'default' ? '' : undefined,
                  from: op === 'default' ? undefined : step.from,
                  to: step.to?.slice(0, op === 'split' ? undefined : 1),
                })
              }
            />
            <IconButton
              size="small"
              type="text"
              icon={<DeleteOutlined />}
              label={t('forms.removeStep')}
              onClick={() => onChange(steps.filter((_, place) => place !== at))}
            />
          </div>
          {step.op !== 'default' && (
            <Select
              size="small"
              className="field-full"
              value={step.from}
              options={gone}
              placeholder={t('forms.stepFrom')}
              aria-label={t('forms.stepFrom')}
              onChange={(from: string) => edit(at, { from })}
            />
          )}
          <Select
            size="small"
            className="field-full"
            mode="multiple"
            maxCount={step.op === 'split' ? 10 : 1}
            value={step.to ?? []}
            options={ours}
            placeholder={t('forms.stepTo')}
            aria-label={t('forms.stepTo')}
            onChange={(to: string[]) => edit(at, { to })}
          />
          {step.op === 'retype' && (
            <Select
              size="small"
              className="field-full"
              value={step.type}
              aria-label={t('forms.stepType')}
              options={['text', 'number', 'integer', 'boolean', 'date'].map((value) => ({
                value,
                label: t(`forms.types.${value}`),
              }))}
              onChange={(type: string) => edit(at, { type })}
            />
          )}
          {step.op === 'split' && (
            <Input
              size="small"
              value={step.by ?? ''}
              placeholder={t('forms.stepBy')}
              aria-label={t('forms.stepBy')}
              maxLength={10}
              onChange={({ target }) => edit(at, { by: target.value || undefined })}
            />
          )}
          {step.op === 'default' && <DefaultValue step={step} onChange={(value) => edit(at, { value })} />}
        </div>
      ))}
      <Button
        size="small"
        icon={<PlusOutlined />}
        onClick={() =>
          onChange([
            ...steps,
            unclaimed[0]
              ? { op: 'rename', from: unclaimed[0], to: [] }
              : { op: 'default', to: [], value: '' },
          ])
        }
      >
        {t('forms.addStep')}
      </Button>
    </Part>
  );
}

/** A default in the type of the field that gets it. */
function DefaultValue({ step, onChange }: { step: Step; onChange: (value: Step['value']) => void }) {
  const { t } = useTranslation();
  const type = useDesigner(({ doc }) => doc.schema.properties?.[step.to?.[0] ?? '']?.type);
  const read = (text: string) => {
    if (type === 'number' || type === 'integer')
      return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
    if (type === 'boolean') return ['true', '1', 'yes', '是'].includes(text.trim().toLowerCase());
    return text;
  };
  return (
    <Input
      size="small"
      value={String(step.value ?? '')}
      placeholder={t('forms.stepValue')}
      aria-label={t('forms.stepValue')}
      maxLength={500}
      onChange={({ target }) => onChange(read(target.value))}
    />
  );
}
