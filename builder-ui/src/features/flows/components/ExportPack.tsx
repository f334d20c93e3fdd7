import { Alert, Button, Checkbox, Drawer, Form, Grid, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/shared/api/client';
import { useMe } from '@/shared/api/session';
import type { Text } from '@/shared/api/types';
import { useDebounced } from '@/shared/lib/useDebounced';
import { Lines, useErrorText } from '@/shared/ui/states';
import { type Exported, type ExportHead, useExported } from '../api/packs';
import { downloadBytes } from './download';
import { PackContents } from './PackContents';

type Values = {
  id: string;
  version: string;
  nameEn: string;
  nameZh: string;
  aboutEn: string;
  aboutZh: string;
  publisher: string;
  licence: string;
};
type Props = { flow: string; name?: Partial<Text>; about?: Partial<Text>; onClose: () => void };

const headOf = (flow: string, values: Values, keep?: string[]): ExportHead => ({
  flow,
  id: values.id,
  version: values.version,
  name: { en: values.nameEn, 'zh-CN': values.nameZh },
  about: { en: values.aboutEn, 'zh-CN': values.aboutZh },
  publisher: values.publisher,
  licence: values.licence,
  ...(keep && (keep.length > 0 ? { keep } : { noQuestions: true })),
});

/** The flow as a pack for others: what goes in, what was taken out, what it asks, and what is still amiss. */
export default function ExportPack({ flow, name, about, onClose }: Props) {
  const { t } = useTranslation();
  const phone = Grid.useBreakpoint().md === false;
  const { workspace } = useMe();
  const [values, setValues] = useState<Values>({
    id: flow,
    version: '1.0.0',
    nameEn: name?.en ?? '',
    nameZh: name?.['zh-CN'] ?? '',
    aboutEn: about?.en ?? '',
    aboutZh: about?.['zh-CN'] ?? '',
    publisher: workspace.name,
    licence: 'MIT',
  });
  const [keep, setKeep] = useState<string[]>();
  const head = useDebounced(headOf(flow, values, keep), 400);
  const whole = Object.values(values).every((value) => value.trim() !== '');
  const query = useExported(head, whole);
  const fields = query.error instanceof ApiError ? query.error.fields : {};
  const made = query.data;
  const errors = made?.findings.filter(({ severity }) => severity === 'error').length ?? 0;
  const current = query.isSuccess && !query.isPlaceholderData && !query.isFetching;
  const save = (pack: Exported) => downloadBytes(`${pack.id}-${pack.version}.dfpkg`, pack.file);
  return (
    <Drawer
      open
      onClose={onClose}
      title={t('designer.pack.title')}
      size={phone ? '100%' : 620}
      footer={
        <div className="drawer-foot">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <Button
            type="primary"
            disabled={!made || !current || !whole || errors > 0}
            loading={query.isFetching && whole}
            onClick={() => made && save(made)}
          >
            {t('designer.pack.download')}
          </Button>
        </div>
      }
    >
      <p className="drawer-sub">{t('designer.pack.text')}</p>
      <Head values={values} faults={fields} onChange={setValues} />
      <Refused error={query.error} placed={Object.keys(fields).length > 0} />
      {made ? (
        <>
          <Questions made={made} keep={keep} onKeep={setKeep} />
          <PackContents made={made} />
        </>
      ) : (
        whole && !query.error && <Lines rows={6} />
      )}
    </Drawer>
  );
}

type HeadProps = { values: Values; faults: Record<string, string>; onChange: (values: Values) => void };

function Head({ values, faults, onChange }: HeadProps) {
  const { t } = useTranslation();
  const field = (name: keyof Values, fault?: string, lang?: string) => (
    <Form.Item
      label={t(`designer.pack.${name}`)}
      htmlFor={`pack-${name}`}
      required
      validateStatus={fault || values[name].trim() === '' ? 'error' : undefined}
      help={values[name].trim() === '' ? t('field.required') : fault}
    >
      <Input
        id={`pack-${name}`}
        value={values[name]}
        lang={lang}
        maxLength={name.startsWith('about') ? 2000 : 200}
        autoComplete="off"
        onChange={({ target }) => onChange({ ...values, [name]: target.value })}
      />
    </Form.Item>
  );
  return (
    <Form layout="vertical">
      <div className="field-pair">
        {field('nameEn', faults['name.en'] ?? faults.name, 'en')}
        {field('nameZh', faults['name.zh-CN'], 'zh-CN')}
      </div>
      <div className="field-pair">
        {field('aboutEn', faults['about.en'] ?? faults.about, 'en')}
        {field('aboutZh', faults['about.zh-CN'], 'zh-CN')}
      </div>
      <div className="field-pair">
        {field('id', faults.id)}
        {field('version', faults.version)}
      </div>
      <div className="field-pair">
        {field('publisher', faults['publisher.name'] ?? faults.publisher)}
        {field('licence', faults.licence)}
      </div>
    </Form>
  );
}

function Refused({ error, placed }: { error: unknown; placed: boolean }) {
  const { title, text } = useErrorText(error);
  if (!error || placed) return null;
  return <Alert type="error" role="alert" showIcon title={title} description={text} />;
}

type QuestionProps = { made: Exported; keep?: string[]; onKeep: (keep: string[]) => void };

/** Values of the flow that whoever installs the pack may answer otherwise. */
function Questions({ made, keep, onKeep }: QuestionProps) {
  const { t, i18n } = useTranslation();
  if (made.questions.length === 0) return null;
  const kept = keep ?? made.questions.filter((one) => one.kept).map(({ name }) => name);
  const lang = i18n.language === 'zh-CN' ? 'zh-CN' : 'en';
  return (
    <section className="pack-out" aria-label={t('designer.pack.questions')}>
      <h2 className="pack-out-title">{t('designer.pack.questions')}</h2>
      <p className="list-sub">{t('designer.pack.questionsText')}</p>
      <ul>
        {made.questions.map(({ name, label, value }) => (
          <li key={name}>
            <Checkbox
              checked={kept.includes(name)}
              onChange={({ target }) =>
                onKeep(target.checked ? [...kept, name] : kept.filter((other) => other !== name))
              }
            >
              {label[lang]} <span className="list-dim num">{String(value)}</span>
            </Checkbox>
          </li>
        ))}
      </ul>
    </section>
  );
}
