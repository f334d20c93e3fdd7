import { PlusOutlined } from '@ant-design/icons';
import { Dropdown, Input, type InputRef } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang } from '@/shared/api/types';
import { IconButton } from '@/shared/ui/IconButton';
import { placeholder } from '../model/conditions';
import type { LocalText } from '../model/document';
import { usePanel, type WidgetProps } from './context';
import { Field } from './Field';
import { useFieldOptions } from './widgets';

const order: Record<Lang, Lang[]> = { en: ['en', 'zh-CN'], 'zh-CN': ['zh-CN', 'en'] };
const longest = 2000;

/** One text in both languages, the reader's own first. With variables, fields can be put in where the cursor is. */
export function TextWidget({
  label,
  help,
  value,
  onChange,
  pointer,
  rows,
  variables,
}: WidgetProps & { rows?: number; variables?: boolean }) {
  const { i18n, t } = useTranslation();
  const { errorAt, readOnly } = usePanel();
  const text = (value ?? {}) as LocalText;
  const langs = order[i18n.language === 'zh-CN' ? 'zh-CN' : 'en'];
  const set = (lang: Lang, words: string) => {
    const next = { ...text, [lang]: words };
    if (!words) delete next[lang];
    onChange(Object.keys(next).length ? next : undefined);
  };
  return (
    <Field group label={label} help={help} error={errorAt(pointer)}>
      {() => (
        <div className="prop-langs">
          {langs.map((lang) => (
            <TextLine
              key={lang}
              lang={lang}
              label={t('designer.textIn', { name: label, lang: t(`lang.${lang}`) })}
              value={text[lang] ?? ''}
              rows={rows}
              readOnly={readOnly}
              variables={variables}
              onChange={(words) => set(lang, words)}
            />
          ))}
        </div>
      )}
    </Field>
  );
}

type LineProps = {
  lang: Lang;
  label: string;
  value: string;
  rows?: number;
  readOnly: boolean;
  variables?: boolean;
  onChange: (words: string) => void;
};

function TextLine({ lang, label, value, rows, readOnly, variables, onChange }: LineProps) {
  const { t } = useTranslation();
  const input = useRef<InputRef>(null);
  const { options, fields } = useFieldOptions();
  const insert = (path: string) => {
    const element = input.current?.input;
    const at = element?.selectionStart ?? value.length;
    const to = element?.selectionEnd ?? at;
    const field = fields.find((entry) => entry.path === path);
    onChange(value.slice(0, at) + placeholder(path, field?.type) + value.slice(to));
    element?.focus();
  };
  const mark = (
    <span className="prop-lang" aria-hidden>
      {t(`designer.langMark.${lang}`)}
    </span>
  );
  if (rows)
    return (
      <span className="prop-text">
        {mark}
        <Input.TextArea
          aria-label={label}
          lang={lang}
          dir="auto"
          className="prop-area"
          rows={rows}
          maxLength={longest}
          disabled={readOnly}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      </span>
    );
  return (
    <span className="prop-text">
      {mark}
      <Input
        ref={input}
        aria-label={label}
        lang={lang}
        dir="auto"
        maxLength={longest}
        disabled={readOnly}
        autoComplete="off"
        value={value}
        onChange={({ target }) => onChange(target.value)}
      />
      {variables && !readOnly && (
        <Dropdown
          trigger={['click']}
          menu={{
            className: 'prop-variables',
            items: options.map((group) => ({
              key: group.label,
              type: 'group' as const,
              label: group.label,
              children: group.options.map((option) => ({ key: option.value, label: option.label })),
            })),
            onClick: ({ key }) => insert(key),
          }}
        >
          <IconButton icon={<PlusOutlined />} label={t('designer.putVariable', { name: label })} />
        </Dropdown>
      )}
    </span>
  );
}
