import { TagOutlined } from '@ant-design/icons';
import { Button, Dropdown, type MenuProps, Tooltip } from 'antd';
import { type RefObject, useEffect, useId, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Text } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { useValueWords } from '../components/useValueWords';
import type { Schema } from '../model/catalog';
import type { Param } from '../model/document';
import { bind, fitting, freed, freeParam, paramSchema, toParam } from '../model/params';
import { sayValue } from '../model/wording';
import { useDesignerStore } from '../store/designer';
import { usePanel, type WidgetProps } from './context';

type Props = WidgetProps & { schema: Schema; autoFocus: boolean };

/** What a parameter says to people: what it is called, and what it holds at present. */
function useParamWords() {
  const format = useFormat();
  const words = useValueWords();
  return (name: string, param: Param | undefined) => ({
    name: format.text(param?.name) || name,
    value: sayValue(words, param?.default, param && paramSchema(param.type)),
  });
}

/** Gives a button the focus once the key that brought it has done its work: it must not press the button as well. */
function useFocusSoon(wanted: boolean): RefObject<HTMLButtonElement | null> {
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!wanted) return;
    const soon = requestAnimationFrame(() => button.current?.focus());
    return () => cancelAnimationFrame(soon);
  }, [wanted]);
  return button;
}

/** A new parameter is called after its step and setting, in both languages. */
function useNewName(pointer: string) {
  const format = useFormat();
  const store = useDesignerStore();
  return (schema: Schema, label: string): Partial<Text> => {
    const { catalog, graph } = store.getState();
    const step = catalog.of(graph.nodes[pointer.split('/')[2] ?? ''])?.name;
    const setting = schema['x-df-title'];
    if (!step || !setting) return { [format.lang]: label };
    return { en: `${step.en}: ${setting.en}`, 'zh-CN': `${step['zh-CN']}：${setting['zh-CN']}` };
  };
}

const makeNew = '+';

/** Lets a setting take its value from a parameter of the flow, or become one. Shown only in flows that have some. */
export function ParamOffer({ schema, label, value, onChange, pointer, autoFocus }: Props) {
  const { t } = useTranslation();
  const store = useDesignerStore();
  const { params } = usePanel();
  const say = useParamWords();
  const named = useNewName(pointer);
  const button = useFocusSoon(autoFocus);
  const fresh = toParam(schema, value);
  const items: MenuProps['items'] = fitting(schema, params).map(([key, param]) => {
    const said = say(key, param);
    return {
      key,
      label: (
        <span className="param-option">
          <span dir="auto">{said.name}</span>
          <span className="param-option-value" dir="auto">
            {said.value}
          </span>
        </span>
      ),
    };
  });
  if (fresh) {
    if (items.length) items.push({ type: 'divider' });
    items.push({ key: makeNew, label: t('designer.paramFromValue') });
  }
  if (!items.length) return null;
  const pick = (key: string) => {
    const name = key === makeNew ? freeParam(params) : key;
    const param = key === makeNew && fresh ? { ...fresh, name: named(schema, label) } : params[name];
    if (!param) return;
    // A parameter without a value takes over the one that stands here, so that the flow can run.
    const filled = param.default === undefined && fresh ? { ...param, default: fresh.default } : param;
    if (filled !== params[name]) store.getState().set(`params/${name}`, filled);
    onChange(bind(schema, name, filled));
  };
  return (
    <Dropdown
      trigger={['click']}
      autoFocus
      placement="bottomRight"
      menu={{ items, onClick: ({ key }) => pick(key) }}
    >
      <Tooltip title={t('designer.paramUse')}>
        <Button
          ref={button}
          size="small"
          type="text"
          className="param-offer"
          icon={<TagOutlined />}
          aria-label={t('designer.paramUseFor', { name: label })}
        />
      </Tooltip>
    </Dropdown>
  );
}

/** A setting whose value is a parameter's: which, what it holds, and the way back to a value of its own. */
export function ParamValue({ schema, label, help, onChange, name, autoFocus }: Props & { name: string }) {
  const { t } = useTranslation();
  const id = useId();
  const button = useFocusSoon(autoFocus);
  const { params, readOnly } = usePanel();
  const said = useParamWords()(name, params[name]);
  return (
    <div className="prop" role="group" aria-labelledby={id}>
      <div className="prop-head">
        <span className="prop-label" id={id}>
          {label}
        </span>
      </div>
      <div className="prop-param">
        <span className="prop-param-words">
          <span dir="auto">{t('designer.fromParam', { name: said.name })}</span>
          <span className="prop-param-value" dir="auto">
            {params[name] ? said.value : t('designer.paramMissing')}
          </span>
        </span>
        {!readOnly && (
          <Button
            ref={button}
            size="small"
            type="text"
            aria-label={t('designer.ownValueFor', { name: label })}
            onClick={() => onChange(freed(schema, params[name]))}
          >
            {t('designer.ownValue')}
          </Button>
        )}
      </div>
      {help && <p className="prop-help">{help}</p>}
    </div>
  );
}
