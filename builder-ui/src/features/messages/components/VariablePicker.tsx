import { PlusOutlined } from '@ant-design/icons';
import { Button, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { useVariables } from '../api/messages';
import { loopSnippet, snippetOf } from '../model/template';
import { useVariableLabel } from './useVariableLabel';

const groups = ['message', 'customer', 'item'] as const;
/** What most messages name; the customer's name comes first. */
const quick = [/^customer\.name$/, /^table$/, /^total$/, /^count$/, /^maxDpd$/, /^today$/, /^company\.name$/];

/** What a message may name: a click puts it where the caret is. Only what sending really offers. */
export function VariablePicker({
  onInsert,
  disabled,
}: {
  onInsert: (snippet: string) => void;
  disabled: boolean;
}) {
  const { t } = useTranslation();
  const { data = [] } = useVariables();
  const labelOf = useVariableLabel();
  const often = quick
    .map((known) => data.find(({ path }) => known.test(path)))
    .filter((found) => found !== undefined);
  return (
    <section className="msg-variables" aria-label={t('messages.variables')}>
      <span className="rf-label">{t('messages.insert')}</span>
      {often.map((variable) => (
        <Button
          key={variable.path}
          size="small"
          disabled={disabled}
          icon={<PlusOutlined />}
          onClick={() => onInsert(snippetOf(variable))}
        >
          {labelOf(variable)}
        </Button>
      ))}
      <Button size="small" disabled={disabled} icon={<PlusOutlined />} onClick={() => onInsert(loopSnippet)}>
        {t('messages.loop')}
      </Button>
      <Select
        size="small"
        className="msg-more-variables"
        value={null}
        disabled={disabled}
        placeholder={t('messages.allVariables')}
        aria-label={t('messages.allVariables')}
        showSearch={{ optionFilterProp: 'label' }}
        options={groups.map((group) => ({
          label: t(`messages.variableGroup.${group}`),
          options: data
            .filter((variable) => variable.group === group && variable.path !== 'items')
            .map((variable) => ({ value: variable.path, label: `${labelOf(variable)} · ${variable.path}` })),
        }))}
        onChange={(path: string | null) => {
          const variable = data.find((known) => known.path === path);
          if (variable) onInsert(snippetOf(variable));
        }}
      />
    </section>
  );
}
