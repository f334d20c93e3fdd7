import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { IconButton } from '@/shared/ui/IconButton';
import type { Param } from '../model/document';
import { entries } from '../model/draft';
import { freeParam, paramSchema, withoutParam } from '../model/params';
import { usePanel } from '../panel/context';
import { Property } from '../panel/SchemaForm';
import { TextWidget } from '../panel/TextWidget';
import { useDesigner, useDesignerStore } from '../store/designer';

const types = ['template', 'text', 'number', 'boolean', 'span', 'user', 'role', 'channel'];

/** What is asked when the flow is installed somewhere else. */
export function ParamsPanel() {
  const { t } = useTranslation();
  const format = useFormat();
  const store = useDesignerStore();
  const { readOnly } = usePanel();
  const local = useDesigner((state) => state.sync.local);
  const params = entries<Param>(local, 'params');
  const [name, setName] = useState('');
  const set = (key: string, param: Param) => store.getState().set(`params/${key}`, param, `params/${key}`);
  const add = () => {
    const question = name.trim();
    if (!question) return;
    set(freeParam(Object.fromEntries(params)), { type: 'template', name: { [format.lang]: question } });
    setName('');
  };
  return (
    <details className="panel-more">
      <summary>{t('designer.params', { count: params.length })}</summary>
      <p className="prop-help">{t('designer.paramsHelp')}</p>
      {params.map(([key, param]) => {
        const called = format.text(param.name) || key;
        return (
          <fieldset key={key} className="prop-nested">
            <legend className="prop-label" dir="auto">
              {called}
            </legend>
            <div className="prop-row">
              <Select
                className="prop-grow"
                aria-label={t('designer.paramType', { name: called })}
                disabled={readOnly}
                value={param.type}
                options={types.map((type) => ({ value: type, label: t(`designer.paramTypes.${type}`) }))}
                onChange={(type) => set(key, { type, name: param.name })}
              />
              {!readOnly && (
                <IconButton
                  type="text"
                  icon={<DeleteOutlined />}
                  label={t('designer.paramRemove', { name: called })}
                  onClick={() => store.getState().change((units) => withoutParam(units, key))}
                />
              )}
            </div>
            <TextWidget
              label={t('designer.paramName')}
              pointer={`/params/${key}/name`}
              value={param.name}
              onChange={(text) => set(key, { ...param, name: text as Param['name'] })}
            />
            <Property
              schema={paramSchema(param.type)}
              label={t('designer.paramDefault')}
              pointer={`/params/${key}/default`}
              value={param.default}
              onChange={(value) => set(key, { ...param, default: value })}
            />
          </fieldset>
        );
      })}
      {!readOnly && (
        <div className="prop-row">
          <Input
            aria-label={t('designer.paramAsk')}
            placeholder={t('designer.paramAsk')}
            value={name}
            maxLength={120}
            onChange={({ target }) => setName(target.value)}
            onPressEnter={add}
          />
          <Button icon={<PlusOutlined />} disabled={!name.trim()} onClick={add}>
            {t('designer.paramAdd')}
          </Button>
        </div>
      )}
    </details>
  );
}
