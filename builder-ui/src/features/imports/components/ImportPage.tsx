import '../texts';
import { UploadOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Radio } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { Page, Section } from '@/shared/ui/Page';
import { ErrorState, Lines } from '@/shared/ui/states';
import { type ImportMap, maxFile, useImport, usePreview } from '../api/imports';
import { Columns } from './Columns';
import { Outcome } from './Outcome';

const forms = ['customer', 'invoice', 'payment', 'contact'] as const;

/** From a file to records: what it is, which column is which, a check, and then the real thing. */
export default function ImportPage() {
  const { t } = useTranslation();
  const params = useParamState();
  const format = useFormat();
  const queries = useQueryClient();
  const asked = params.get('form');
  const form = forms.find((key) => key === asked) ?? 'customer';
  const [file, setFile] = useState<File>();
  const [wrong, setWrong] = useState('');
  const [map, setMap] = useState<ImportMap>();
  const input = useRef<HTMLInputElement>(null);
  const preview = usePreview();
  const check = useImport();
  const real = useImport();

  const forget = () => {
    setFile(undefined);
    setMap(undefined);
    setWrong('');
    preview.reset();
    check.reset();
    real.reset();
  };
  const read = (next: File, of: string) => {
    forget();
    if (next.size === 0) return setWrong(t('imports.empty'));
    if (next.size > maxFile) return setWrong(t('imports.tooLarge'));
    setFile(next);
    preview.mutate({ form: of, file: next }, { onSuccess: (found) => setMap(found.map) });
  };
  const run = async () => {
    if (!file || !map) return;
    await real.start(form, file, map, false);
    void queries.invalidateQueries();
  };
  const idle = check.phase === 'idle' && real.phase === 'idle';
  return (
    <Page title={t('imports.title')} sub={t('imports.sub')}>
      <Section title={t('imports.what')} className="settings-form">
        <div className="import-box">
          <Radio.Group
            optionType="button"
            aria-label={t('imports.what')}
            value={form}
            disabled={!idle}
            options={forms.map((key) => ({ value: key, label: t(`imports.form.${key}`) }))}
            onChange={({ target }) => {
              params.set({ form: target.value });
              if (file) read(file, target.value);
            }}
          />
          <p className="list-sub">{t('imports.order')}</p>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: dropping is the button's other way */}
          <div
            className="import-drop"
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              const dropped = event.dataTransfer.files[0];
              if (dropped && idle) read(dropped, form);
            }}
          >
            <input
              ref={input}
              type="file"
              accept=".csv,.txt,.tsv,.xlsx,.xlsm,text/csv"
              className="sr-only"
              aria-label={t('imports.choose')}
              tabIndex={-1}
              onChange={({ target }) => {
                const chosen = target.files?.[0];
                if (chosen) read(chosen, form);
                target.value = '';
              }}
            />
            <Button icon={<UploadOutlined />} disabled={!idle} onClick={() => input.current?.click()}>
              {t(file ? 'imports.other' : 'imports.choose')}
            </Button>
            {file && <strong dir="auto">{file.name}</strong>}
            <p className="list-sub">{t('imports.chooseHint')}</p>
          </div>
          {wrong && (
            <p className="field-error" role="alert">
              {wrong}
            </p>
          )}
        </div>
      </Section>
      {preview.isPending && (
        <div className="section">
          <Lines rows={5} />
        </div>
      )}
      {preview.error && <ErrorState error={preview.error} />}
      {preview.data && map && file && idle && (
        <Columns
          preview={preview.data}
          map={map}
          onMap={setMap}
          onCheck={() => void check.start(form, file, map, true)}
        />
      )}
      {!idle && (
        <Outcome
          form={form}
          name={(key) => format.text(preview.data?.fields.find((field) => field.key === key)?.label) || key}
          check={check}
          real={real}
          onBack={check.reset}
          onStart={() => void run()}
          onAgain={forget}
          onNext={(to) => {
            forget();
            params.set({ form: to });
          }}
        />
      )}
    </Page>
  );
}
