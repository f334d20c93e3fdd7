import { UploadOutlined } from '@ant-design/icons';
import { Button, Input, type InputRef, Modal, Radio, Select } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { useFormat } from '@/shared/lib/useFormat';
import { useErrorText } from '@/shared/ui/states';
import { useCreate, useFlows } from '../api/flows';
import { type FlowDocument, isObject } from '../model/document';
import { Field } from '../panel/Field';

type How = 'blank' | 'copy' | 'import';
type File_ = { name: string; document?: FlowDocument; broken?: 'tooBig' | 'notJson' };

const largest = 1_000_000;

/** A new flow: empty, a copy, or a file. A broken file is told about place by place, and nothing is saved. */
export function NewFlowDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const flows = useFlows();
  const create = useCreate();
  const [how, setHow] = useState<How>('blank');
  const [name, setName] = useState('');
  const [form, setForm] = useState('invoice');
  const [from, setFrom] = useState<string>();
  const [file, setFile] = useState<File_>();
  const input = useRef<HTMLInputElement>(null);
  const first = useRef<InputRef>(null);
  const problem = useErrorText(create.error);
  const errors = create.error instanceof ApiError ? (create.error.problem.errors ?? []) : [];

  const ways: How[] = flows.data?.length === 0 ? ['blank', 'import'] : ['blank', 'copy', 'import'];

  const read = async (chosen: File | undefined) => {
    if (!chosen) return;
    create.reset();
    if (chosen.size > largest) return setFile({ name: chosen.name, broken: 'tooBig' });
    try {
      const document: unknown = JSON.parse(await chosen.text());
      setFile(
        isObject(document)
          ? { name: chosen.name, document: document as FlowDocument }
          : { name: chosen.name, broken: 'notJson' },
      );
    } catch {
      setFile({ name: chosen.name, broken: 'notJson' });
    }
  };
  const words = name.trim();
  const named = { en: words, 'zh-CN': words };
  const source = flows.data?.find(({ key }) => key === from);
  const copyName = t('designer.new.copyOf', { name: format.text(source?.name) });
  const ready =
    how === 'blank' ? words !== '' : how === 'copy' ? from !== undefined : file?.document !== undefined;
  const submit = () => {
    const body =
      how === 'blank'
        ? { name: named, form }
        : how === 'copy'
          ? { from, name: words ? named : { en: copyName, 'zh-CN': copyName } }
          : { document: file?.document, ...(words && { name: named }) };
    create.mutate(body, { onSuccess: (flow) => navigate(`/flows/${flow.key}`) });
  };
  return (
    <Modal
      open
      title={t('designer.new.title')}
      okText={t('designer.new.create')}
      cancelText={t('action.cancel')}
      okButtonProps={{ disabled: !ready }}
      confirmLoading={create.isPending}
      onOk={submit}
      onCancel={onClose}
      afterOpenChange={(open) => open && first.current?.focus()}
      width={520}
    >
      <form
        className="new-flow"
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !create.isPending) submit();
        }}
      >
        <Radio.Group
          aria-label={t('designer.new.how')}
          className="setup-choice"
          value={how}
          onChange={({ target }) => {
            setHow(target.value);
            create.reset();
          }}
        >
          {ways.map((kind) => (
            <Radio key={kind} value={kind}>
              <strong>{t(`designer.new.${kind}`)}</strong>
              <span>{t(`designer.new.${kind}Text`)}</span>
            </Radio>
          ))}
        </Radio.Group>
        {how === 'copy' && (
          <Field label={t('designer.new.from')}>
            {({ id }) => (
              <Select
                id={id}
                className="prop-full"
                placeholder={t('field.choose')}
                value={from}
                options={(flows.data ?? []).map((flow) => ({
                  value: flow.key,
                  label: format.text(flow.name) || flow.key,
                }))}
                onChange={setFrom}
              />
            )}
          </Field>
        )}
        {how === 'import' && (
          <div
            className="drop"
            role="group"
            aria-label={t('designer.new.file')}
            onDragOver={(event) => event.preventDefault()}
            onDrop={(event) => {
              event.preventDefault();
              void read(event.dataTransfer.files[0]);
            }}
          >
            <input
              ref={input}
              type="file"
              accept=".json,application/json"
              className="sr-only"
              tabIndex={-1}
              aria-label={t('designer.new.file')}
              onChange={({ target }) => {
                void read(target.files?.[0]);
                target.value = '';
              }}
            />
            <Button icon={<UploadOutlined />} onClick={() => input.current?.click()}>
              {t('designer.new.file')}
            </Button>
            <span className="prop-help">{file ? file.name : t('designer.new.fileHint')}</span>
          </div>
        )}
        {how === 'import' && file?.broken && (
          <p className="prop-error" role="alert">
            {t(`designer.new.${file.broken}`)}
          </p>
        )}
        {how !== 'import' && (
          <Field label={t('designer.new.name')}>
            {({ id }) => (
              <Input
                id={id}
                ref={first}
                dir="auto"
                maxLength={200}
                value={name}
                placeholder={how === 'copy' && from ? copyName : undefined}
                onChange={({ target }) => setName(target.value)}
              />
            )}
          </Field>
        )}
        {how === 'blank' && (
          <Field label={t('designer.new.form')}>
            {({ id }) => (
              <Select
                id={id}
                className="prop-full"
                value={form}
                options={['invoice', 'customer'].map((value) => ({
                  value,
                  label: t(`designer.new.each.${value}`),
                }))}
                onChange={setForm}
              />
            )}
          </Field>
        )}
        {create.error && (
          <div role="alert" className="import-errors">
            <p className="prop-error">{errors.length ? t('designer.new.broken') : problem.text}</p>
            {errors.length > 0 && (
              <ul>
                {errors.slice(0, 50).map((error) => (
                  <li key={`${error.pointer}${error.message}`}>
                    <code dir="ltr">{placeOf(error.pointer)}</code> {error.message}
                  </li>
                ))}
              </ul>
            )}
          </div>
        )}
        <button type="submit" className="sr-only" tabIndex={-1} aria-hidden>
          {t('designer.new.create')}
        </button>
      </form>
    </Modal>
  );
}

/** The pointer into the file, without the part of the request around it. */
const placeOf = (pointer: string) => pointer.replace(/^\/document/, '') || '/';
