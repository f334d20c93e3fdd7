import { UploadOutlined } from '@ant-design/icons';
import { App, Button } from 'antd';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { base64 } from '@/shared/lib/base64';
import { errorText } from '@/shared/ui/states';
import { useKeepFile } from '../api/packs';

/** The server takes no larger file (bytes). */
const largest = 2 << 20;

/** A pack from a file: it is stored, looked at, and only then installed. */
export function FileButton() {
  const { t } = useTranslation();
  const { notification } = App.useApp();
  const navigate = useNavigate();
  const keep = useKeepFile();
  const input = useRef<HTMLInputElement>(null);
  const refuse = (title: string, description: string) =>
    notification.error({ title, description, role: 'alert' });
  const read = async (file: File | undefined) => {
    if (!file) return;
    if (file.size > largest) return refuse(t('market.fileRefused'), t('market.fileTooBig'));
    try {
      const kept = await keep.mutateAsync(base64(await file.arrayBuffer()));
      navigate(`/market/${encodeURIComponent(kept.id)}?install=1&file=${kept.file}`);
    } catch (error) {
      const { title, text } = errorText(error, t);
      refuse(title, text);
    }
  };
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".dfpkg"
        hidden
        aria-label={t('market.fromFile')}
        onChange={({ target }) => {
          void read(target.files?.[0]);
          target.value = '';
        }}
      />
      <Button icon={<UploadOutlined />} loading={keep.isPending} onClick={() => input.current?.click()}>
        {t('market.fromFile')}
      </Button>
    </>
  );
}
