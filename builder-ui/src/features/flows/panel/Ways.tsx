import { ArrowDownOutlined, ArrowUpOutlined, DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, InputNumber } from 'antd';
import { useTranslation } from 'react-i18next';
import { IconButton } from '@/shared/ui/IconButton';
import type { Widget } from '../model/catalog';
import { type Filter, isObject, type LocalText } from '../model/document';
import { usePanel, type WidgetProps } from './context';
import { FilterEditor } from './FilterEditor';
import { TextWidget } from './TextWidget';

type Item = Record<string, unknown>;
type Kind = Extract<Widget, 'cases' | 'shares' | 'results'>;

/** A key people never have to type: the first free of way1, way2, … */
function freeKey(items: Item[], name: string): string {
  for (let at = items.length + 1; ; at++) {
    const key = `way${at}`;
    if (!items.some((item) => item[name] === key)) return key;
  }
}

/** The ways out of a step: cases with a condition, shares of a split, or results of a task. Order counts. */
export function WaysWidget({ kind, label, help, value, onChange, pointer }: WidgetProps & { kind: Kind }) {
  const { t } = useTranslation();
  const { errorAt, readOnly } = usePanel();
  const items = Array.isArray(value) ? value.filter(isObject) : [];
  const name = kind === 'results' ? 'key' : 'port';
  const set = (at: number, item: Item | undefined) => {
    const next = [...items];
    if (item) next[at] = item;
    else next.splice(at, 1);
    onChange(next.length || kind !== 'results' ? next : undefined);
  };
  const swap = (at: number, to: number) => {
    const next = [...items];
    [next[at], next[to]] = [next[to] as Item, next[at] as Item];
    onChange(next);
  };
  const add = () => {
    const item: Item = { [name]: freeKey(items, name) };
    if (kind === 'cases') item.when = { all: [] };
    if (kind === 'shares') item.share = 50;
    onChange([...items, item]);
  };
  const total = items.reduce((sum, item) => sum + (Number(item.share) || 0), 0);
  const least = kind === 'cases' ? 1 : kind === 'shares' ? 2 : 0;
  return (
    <fieldset className="prop-ways">
      <legend className="prop-label">{label}</legend>
      {help && <p className="prop-help">{help}</p>}
      {errorAt(pointer) && <p className="prop-error">{errorAt(pointer)}</p>}
      <ol className="ways">
        {items.map((item, at) => (
          <li key={String(item[name])} className="way-item">
            <div className="way-head">
              <span className="way-number">{t(`designer.wayNumber.${kind}`, { number: at + 1 })}</span>
              {kind === 'shares' && (
                <InputNumber
                  size="small"
                  aria-label={t('designer.shareOf', { number: at + 1 })}
                  className="way-share"
                  min={0}
                  max={1000}
                  precision={0}
                  disabled={readOnly}
                  value={Number(item.share) || 0}
                  suffix={
                    total > 0
                      ? t('designer.percent', {
                          value: Math.round(((Number(item.share) || 0) / total) * 100),
                        })
                      : ''
                  }
                  onChange={(share) => set(at, { ...item, share: share ?? 0 })}
                />
              )}
              {!readOnly && (
                <span className="way-tools">
                  <IconButton
                    size="small"
                    type="text"
                    icon={<ArrowUpOutlined />}
                    disabled={at === 0}
                    label={t('designer.wayUp', { number: at + 1 })}
                    onClick={() => swap(at, at - 1)}
                  />
                  <IconButton
                    size="small"
                    type="text"
                    icon={<ArrowDownOutlined />}
                    disabled={at === items.length - 1}
                    label={t('designer.wayDown', { number: at + 1 })}
                    onClick={() => swap(at, at + 1)}
                  />
                  <Button
                    size="small"
                    type="text"
                    icon={<DeleteOutlined />}
                    disabled={items.length <= least}
                    aria-label={t('designer.wayRemove', { number: at + 1 })}
                    onClick={() => set(at, undefined)}
                  />
                </span>
              )}
            </div>
            <TextWidget
              label={t('designer.wayName', { number: at + 1 })}
              pointer={`${pointer}/${at}/label`}
              value={item.label as LocalText}
              onChange={(text) => {
                const { label: _, ...rest } = item;
                set(at, text ? { ...rest, label: text } : rest);
              }}
            />
            {kind === 'cases' && (
              <FilterEditor
                label={t('designer.wayWhen')}
                pointer={`${pointer}/${at}/when`}
                value={item.when as Filter}
                onChange={(when) => set(at, { ...item, when: when ?? { all: [] } })}
              />
            )}
            {kind === 'results' && (
              <Input
                size="small"
                className="way-key"
                prefix={<span className="prop-help">{t('designer.resultKey')}</span>}
                aria-label={t('designer.resultKeyOf', { number: at + 1 })}
                maxLength={40}
                disabled={readOnly}
                defaultValue={String(item.key ?? '')}
                onBlur={({ target }) => {
                  const key = target.value.replaceAll(/[^A-Za-z0-9_-]/g, '');
                  if (key && key !== item.key && !items.some((other) => other.key === key))
                    set(at, { ...item, key });
                  else target.value = String(item.key ?? '');
                }}
              />
            )}
          </li>
        ))}
      </ol>
      {kind === 'cases' && <p className="prop-help">{t('designer.elseHelp')}</p>}
      {!readOnly && (
        <Button
          size="small"
          icon={<PlusOutlined />}
          onClick={add}
          disabled={items.length >= (kind === 'cases' ? 20 : 10)}
        >
          {t(`designer.wayAdd.${kind}`)}
        </Button>
      )}
    </fieldset>
  );
}
