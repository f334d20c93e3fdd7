import { Alert, Button, Drawer, Grid, Input } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import type { FormDoc } from '@/shared/form/types';
import { errorText } from '@/shared/ui/states';
import { type FieldProblem, type FormEntry, importSchema, saveDraft, useStaleForms } from '../api/forms';
import { lineOf, syntaxLine } from '../model/locate';
import { keyFrom } from './NewFormDrawer';

type Found = { form: FormDoc; notes: FieldProblem[] };

/** A JSON Schema written elsewhere: first what it becomes and what is left out, then the draft. */
export function ImportDrawer({ onClose, forms }: { onClose: () => void; forms: FormEntry[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const stale = useStaleForms();
  const id = useId();
  const phone = Grid.useBreakpoint().md === false;
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found>();
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    setError(undefined);
    try {
      await work();
    } catch (cause) {
      if (cause instanceof SyntaxError) setError(t('forms.jsonAt', { line: syntaxLine(text, cause) }));
      else {
        const places = (cause as { problem?: { errors?: FieldProblem[] } }).problem?.errors ?? [];
        setError(
          places
            .map(({ pointer, message }) =>
              t('forms.lineSays', { line: lineOf(text, pointer.replace(/^\/schema/, '')), text: message }),
            )
            .join('\n') || errorText(cause, t).text,
        );
      }
    } finally {
      setBusy(false);
    }
  };
  const look = () =>
    attempt(async () => {
      const schema = JSON.parse(text);
      const taken = new Set(forms.map(({ key }) => key));
      setFound(await importSchema(keyFrom(String(schema?.title ?? ''), taken), schema));
    });
  const take = () =>
    attempt(async () => {
      if (!found) return;
      stale(await saveDraft(found.form, 0));
      navigate(`/forms/${found.form.key}`);
    });

  return (
    <Drawer
      open
      onClose={onClose}
      title={t('forms.import')}
      size={phone ? '100%' : 560}
      footer={
        <div className="drawer-foot">
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          {found ? (
            <Button type="primary" loading={busy} onClick={take}>
              {t('forms.importTake')}
            </Button>
          ) : (
            <Button type="primary" loading={busy} disabled={text.trim() === ''} onClick={look}>
              {t('forms.importLook')}
            </Button>
          )}
        </div>
      }
    >
      <p className="drawer-sub">{t('forms.importSub')}</p>
      <label className="rf-label" htmlFor={id}>
        {t('forms.importText')}
      </label>
      <Input.TextArea
        id={id}
        className="fd-mono grow"
        rows={12}
        value={text}
        spellCheck={false}
        onChange={({ target }) => {
          setText(target.value);
          setFound(undefined);
        }}
      />
      {error && <Alert type="error" role="alert" showIcon title={error} className="fd-alert" />}
      {found && (
        <section className="fd-revision" aria-live="polite">
          <h3 className="fd-part-title">
            {t('forms.importFields', { count: Object.keys(found.form.schema.properties ?? {}).length })}
          </h3>
          <p className="rf-help">{Object.keys(found.form.schema.properties ?? {}).join(', ')}</p>
          <h3 className="fd-part-title">
            {t(found.notes.length > 0 ? 'forms.importNotes' : 'forms.importClean', {
              count: found.notes.length,
            })}
          </h3>
          <ul className="fd-failing">
            {found.notes.map(({ pointer, rule, message }) => (
              <li key={pointer + rule}>
                <code>{t('forms.lineSays', { line: lineOf(text, pointer), text: pointer })}</code>
                <span>{message}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </Drawer>
  );
}
