import { Tabs } from 'antd';
import { type ReactNode, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { makeJudge } from '../../form/judge';
import { groupsOf, isFormula, isHalf, kindOf, pagesOf, type TabPage } from '../../form/kinds';
import type { Data, FormDoc, Group, Wrong } from '../../form/types';
import { useFormat } from '../../lib/useFormat';
import { Control, isGroup } from './controls';
import { described, Field } from './Field';

type Props = {
  form: Pick<FormDoc, 'key' | 'schema' | 'layout'>;
  value: Data;
  onChange: (value: Data) => void;
  /** Sentences by field: what the server or the browser found wrong. */
  errors?: Record<string, string>;
  record?: string;
  disabled?: boolean;
  masked?: string[];
  /** Leaves fields to somebody else: a drawer that has its own for them. */
  only?: (key: string) => boolean;
  flat?: boolean;
};

export const useJudge = (form: Pick<FormDoc, 'schema'>) =>
  useMemo(() => makeJudge(form.schema), [form.schema]);

/** A form's fields as people fill them in: what rules hide is gone, formulas follow while typing. */
export function RecordForm(props: Props) {
  const { form, value, flat, only } = props;
  const format = useFormat();
  const judge = useJudge(form);
  const settled = useMemo(() => judge.settle(value), [judge, value]);
  const hidden = useMemo(() => judge.hidden(settled), [judge, settled]);
  const required = useMemo(() => judge.required(settled), [judge, settled]);
  const pages = useMemo(() => pagesOf(groupsOf(form)), [form]);
  const shown = (group: Group) => group.fields.filter((key) => !hidden.has(key) && (only?.(key) ?? true));
  const [tab, setTab] = useState('0');
  const view = { ...props, settled, required, shown };
  if (flat || pages.length < 2)
    return (
      <>
        {pages.map((page, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: pages are known by their place
          <PageOfFields key={at} page={page} {...view} />
        ))}
      </>
    );
  const faulty = (page: TabPage) =>
    page.groups.some(({ group }) => group.fields.some((key) => props.errors?.[key]));
  return (
    <Tabs
      activeKey={tab}
      onChange={setTab}
      items={pages.map((page, at) => ({
        key: String(at),
        label: (
          <TabLabel bad={faulty(page)}>
            {format.text(page.title) || format.text(page.groups[0]?.group.title) || String(at + 1)}
          </TabLabel>
        ),
        forceRender: true,
        children: <PageOfFields page={page} {...view} />,
      }))}
    />
  );
}

function TabLabel({ bad, children }: { bad: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  return (
    <span className={bad ? 'rf-tab-bad' : undefined}>
      {children}
      {bad && <span className="sr-only">{t('record.tabBad')}</span>}
    </span>
  );
}

type View = Props & { settled: Data; required: Set<string>; shown: (group: Group) => string[] };

function PageOfFields({ page, ...view }: View & { page: TabPage }) {
  const format = useFormat();
  return page.groups.map(({ group, at }) => {
    const keys = view.shown(group);
    if (keys.length === 0) return null;
    return (
      <section key={at} className="rf-group" aria-label={format.text(group.title) || undefined}>
        {format.text(group.title) && <h3 className="rf-group-title">{format.text(group.title)}</h3>}
        <div className="rf-grid">
          {keys.map((key) => (
            <div key={key} className={isHalf(view.form.layout, key) ? 'rf-half' : 'rf-full'}>
              <OneField name={key} {...view} />
            </div>
          ))}
        </div>
      </section>
    );
  });
}

function OneField({ name, ...view }: View & { name: string }) {
  const format = useFormat();
  const { t } = useTranslation();
  const prefix = useId();
  const property = view.form.schema.properties?.[name];
  if (!property) return null;
  const kind = kindOf(property);
  const id = `${prefix}${name}`;
  const label = format.text(property['x-df-label']) || property.title || name;
  const help = format.text(property['x-df-help']) || undefined;
  const masked = view.masked?.includes(name);
  const error = view.errors?.[name];
  return (
    <Field
      id={id}
      label={label}
      required={view.required.has(name)}
      help={help}
      error={error}
      group={isGroup(kind)}
    >
      {masked ? (
        <output id={id} className="rf-output">
          {t('record.masked')}
        </output>
      ) : (
        <Control
          id={id}
          kind={kind}
          property={property}
          label={label}
          value={isFormula(property) || kind === 'rows' ? view.settled[name] : view.value[name]}
          data={view.settled}
          form={view.form.key}
          record={view.record}
          disabled={view.disabled}
          invalid={error !== undefined}
          describedBy={described(id, help, error)}
          onChange={(next) => view.onChange({ ...view.value, [name]: next })}
        />
      )}
    </Field>
  );
}

/** Sentences for wrong places, by top-level field; the first of each counts. */
export function useWrongText() {
  const { t } = useTranslation();
  return (wrong: Wrong[]): Record<string, string> => {
    const out: Record<string, string> = {};
    for (const { pointer, rule, limit } of wrong) {
      const field = pointer.split('/')[1] ?? '';
      if (!field || field in out) continue;
      const key = `record.rule.${rule.replace(/[. ]/g, '_')}`;
      out[field] = t(key, { limit, defaultValue: t('record.rule.schema') });
    }
    return out;
  };
}
