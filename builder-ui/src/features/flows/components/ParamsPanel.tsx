import { DeleteOutlined, PlusOutlined } from '@ant-design/icons';
import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Schema } from '../model/catalog';
import type { Param } from '../model/document';
import { entries } from '../model/draft';
import { usePanel } from '../panel/context';
import { Property } from '../panel/SchemaForm';
import { TextWidget } from '../panel/TextWidget';
import { useDesigner, useDesignerStore } from '../store/designer';

const types = ['template', 'text', 'number', 'boolean', 'span', 'user', 'role', 'channel'];

function schemaOf(type: string): Schema {
  if (type === 'template' || type === 'span' || type === 'user' || type === 'channel')
    return { 'x-df-widget': type };
  return { type: type === 'number' ? 'number' : type === 'boolean' ? 'boolean' : 'string' };
}

/** What is asked when the flow is installed somewhere else. */
export function ParamsPanel() {
  const { t } = useTranslation();
  const store = useDesignerStore();
  const { readOnly } = usePanel();
  const local = useDesigner((state) => state.sync.local);
  const params = entries<Param>(local, 'params');
  const [name, setName] = useState('');
  const fits = /^[a-zA-Z][a-zA-Z0-9_]{0,39}$/.test(name) && !(`params/${name}` in local);
  const set = (key: string, param: Param | null) =>
    store.getState().set(`params/${key}`, param, `params/${key}`);
  return (
    <details className="panel-more">
      <summary>{t('designer.params', { count: params.length })}</summary>
      <p className="prop-help">{t('designer.paramsHelp')}</p>
      {params.map(([key, param]) => (
        <fieldset key={key} className="prop-nested">
          <legend className="prop-label">{key}</legend>
          <div className="prop-row">
            <Select
              className="prop-grow"
              aria-label={t('designer.paramType', { name: key })}
              disabled={readOnly}
              value={param.type}
              options={types.map((type) => ({ value: type, label: t(`designer.paramTypes.${type}`) }))}
              onChange={(type) => set(key, { type, name: param.name })}
            />
            {!readOnly && (
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('designer.paramRemove', { name: key })}
                onClick={() => set(key, null)}
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
            schema={schemaOf(param.type)}
            label={t('designer.paramDefault')}
            pointer={`/params/${key}/default`}
            value={param.default}
            onChange={(value) => set(key, { ...param, default: value })}
          />
        </fieldset>
      ))}
      {!readOnly && (
        <div className="prop-row">
          <Input
            size="small"
            aria-label={t('designer.paramKey')}
            placeholder={t('designer.paramKey')}
            value={name}
            maxLength={40}
            onChange={({ target }) => setName(target.value)}
          />
          <Button
            size="small"
            icon={<PlusOutlined />}
            disabled={!fits}
            onClick={() => {
              set(name, { type: 'text' });
              setName('');
            }}
          >
            {t('designer.paramAdd')}
          </Button>
        </div>
      )}
    </details>
  );
}
