import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Lang } from '@/shared/api/types';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import type { PackDetail, PackField, PackFlow, PackMessage } from '../api/packs';
import { langs, readable } from '../model/catalog';

/** What the pack does, told as its flows' steps. */
export function Flows({ flows }: { flows: PackFlow[] }) {
  const { t } = useTranslation();
  if (flows.length === 0) return null;
  return (
    <Section title={t('market.does')}>
      {flows.map((flow) => (
        <FlowSteps key={flow.key} flow={flow} named={flows.length > 1} />
      ))}
    </Section>
  );
}

/** How many steps say what a flow is like; a longer one is opened by whoever wants to read it all. */
const enough = 8;

function FlowSteps({ flow, named }: { flow: PackFlow; named: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [whole, setWhole] = useState(false);
  const name = format.text(flow.name) || flow.key;
  const steps = flow.sentences?.[format.lang] ?? flow.sentences?.en ?? [];
  const long = steps.length > enough + 2;
  return (
    <div className="pack-flow">
      {named && <h3 className="pack-flow-name">{name}</h3>}
      {flow.about && <p className="flow-text">{format.text(flow.about)}</p>}
      <ol className="flow-steps" aria-label={t('market.steps', { name })}>
        {(long && !whole ? steps.slice(0, enough) : steps).map((step, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a pack's sentences keep their places
          <li key={`${at}${step}`} className="flow-step">
            <span className="flow-number" aria-hidden />
            <span>{step}</span>
          </li>
        ))}
      </ol>
      {long && (
        <Button size="small" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? t('market.fewerSteps') : t('market.allSteps', { count: steps.length })}
        </Button>
      )}
    </div>
  );
}

/** The words that customers would read, in the language that the reader picks. */
export function Messages({ messages }: { messages: PackMessage[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [lang, setLang] = useState<Lang>(format.lang);
  if (messages.length === 0) return null;
  return (
    <Section
      title={t('market.words')}
      count={messages.length}
      extra={
        <Segmented<Lang>
          size="small"
          aria-label={t('market.wordsLanguage')}
          value={lang}
          options={langs.map((value) => ({ value, label: t(`lang.${value}`) }))}
          onChange={setLang}
        />
      }
    >
      {messages.map((message) => {
        const body = message.variant[lang] ?? Object.values(message.variant)[0];
        return (
          <details key={message.key} className="pack-message">
            <summary>
              <span className="pack-message-name">{format.text(message.name) || message.key}</span>
              <span className="cell-chips">
                <Chip tone={message.tone > 2 ? 'amber' : 'blue'}>{t(`market.tones.${message.tone}`)}</Chip>
                {message.kind && message.kind !== 'message' && (
                  <Chip>{t(`market.kinds.${message.kind}`, { defaultValue: message.kind })}</Chip>
                )}
              </span>
            </summary>
            <div className="pack-words" lang={lang}>
              {body?.subject && <p className="pack-subject">{readable(body.subject)}</p>}
              <p className="pack-text">{readable(body?.text)}</p>
            </div>
          </details>
        );
      })}
    </Section>
  );
}

export function Fields({ fields }: { fields: PackField[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (fields.length === 0) return null;
  return (
    <Section title={t('market.fields')} count={fields.length}>
      <ul>
        {fields.map((field) => (
          <li key={field.path} className="list-row">
            <div className="list-body">
              <div className="list-line row-title">{format.text(field.label) || field.path}</div>
              {field.why && <div className="list-sub">{format.text(field.why)}</div>}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  );
}

export function Changes({ changes }: { changes: NonNullable<PackDetail['changes']> }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (changes.length === 0) return null;
  return (
    <Section title={t('market.changes')}>
      <ul>
        {changes.map((change) => (
          <li key={change.version} className="list-row">
            <span className="num pack-change">{change.version}</span>
            <span className="list-body">{format.text(change.text)}</span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
