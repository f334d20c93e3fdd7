import { DeleteOutlined, PaperClipOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/client';
import type { Data, Json } from '../../form/types';
import { base64 } from '../../lib/base64';
import { IconButton } from '../IconButton';
import { errorText } from '../states';
import type { ControlProps } from './types';

const limit = 5 << 20;

const isFile = (entry: Json): entry is Data =>
  typeof entry === 'object' && entry !== null && !Array.isArray(entry);

/** Files go to the server at once and count when the record is saved; they come back as downloads only. */
export function FileControl(props: ControlProps) {
  const { t } = useTranslation();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const files = Array.isArray(props.value) ? props.value.filter(isFile) : [];
  const set = (next: Data[]) => props.onChange(next.length > 0 ? next : undefined);

  const add = async (list: FileList | null) => {
    setProblem(undefined);
    setBusy(true);
    const next = [...files];
    try {
      for (const file of list ?? []) {
        if (file.size > limit) {
          setProblem(t('record.fileTooLarge', { name: file.name }));
          continue;
        }
        const data = base64(await file.arrayBuffer());
        next.push(await api.post<Data>(`/forms/${props.form}/files`, { name: file.name, data }));
      }
      set(next);
    } catch (cause) {
      setProblem(errorText(cause, t).text);
    } finally {
      setBusy(false);
      if (input.current) input.current.value = '';
    }
  };

  return (
    <div
      className="rf-files"
      role="group"
      aria-labelledby={`${props.id}-label`}
      aria-describedby={props.describedBy}
    >
      {files.length > 0 && (
        <ul>
          {files.map((file) => (
            <li key={String(file.id)} className="rf-file">
              <PaperClipOutlined aria-hidden />
              {props.record ? (
                <a href={`/api/v1/records/${props.form}/${props.record}/files/${file.id}`} download>
                  {String(file.name)}
                </a>
              ) : (
                <span>{String(file.name)}</span>
              )}
              <span className="list-dim num">
                {t('record.kilobytes', { size: Math.max(1, Math.round(Number(file.size ?? 0) / 1024)) })}
              </span>
              <IconButton
                type="text"
                size="small"
                icon={<DeleteOutlined />}
                disabled={props.disabled}
                label={t('record.removeFile', { name: String(file.name) })}
                onClick={() => set(files.filter(({ id }) => id !== file.id))}
              />
            </li>
          ))}
        </ul>
      )}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        onChange={({ target }) => add(target.files)}
        aria-hidden
        tabIndex={-1}
      />
      <Button
        id={props.id}
        size="small"
        icon={<PaperClipOutlined />}
        loading={busy}
        disabled={props.disabled || files.length >= (props.property.maxItems ?? 10)}
        onClick={() => input.current?.click()}
      >
        {t('record.addFile')}
      </Button>
      {problem && (
        <p className="rf-error" role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
