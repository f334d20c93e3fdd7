import { App, Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { Chip } from '@/shared/ui/Chip';
import { Section } from '@/shared/ui/Page';
import { errorText } from '@/shared/ui/states';
import { type PackFile, useDropFile, useFiles } from '../api/packs';

/** Packages that were uploaded: those that nothing installed needs can go. */
export function Files({ canWrite }: { canWrite: boolean }) {
  const { t } = useTranslation();
  const files = useFiles();
  if (!files.data?.length) return null;
  return (
    <Section title={t('market.files')} count={files.data.length} className="pack-sources">
      <ul className="list">
        {files.data.map((file) => (
          <Row key={file.hash} file={file} canWrite={canWrite} />
        ))}
      </ul>
    </Section>
  );
}

function Row({ file, canWrite }: { file: PackFile; canWrite: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { message, modal } = App.useApp();
  const drop = useDropFile();
  const name = format.text(file.name) || file.id;
  const what = `${name} ${file.version}`;
  const ask = () =>
    modal.confirm({
      title: t('market.dropTitle', { name: what }),
      content: t('market.dropText'),
      okText: t('market.dropFile'),
      cancelText: t('action.cancel'),
      okButtonProps: { danger: true },
      icon: null,
      onOk: () => drop.mutateAsync(file.hash).catch((error) => message.error(errorText(error, t).text)),
    });
  return (
    <li className="list-row pack-row">
      <div className="list-body">
        <div className="list-line">
          <Link className="row-title" to={`/market/${file.id}?file=${file.hash}`}>
            {name}
          </Link>{' '}
          <span className="num list-sub">{file.version}</span>
        </div>
        <div className="list-sub">
          {[
            file.publisher,
            t('market.kib', { size: format.number(Math.max(1, Math.round(file.size / 1024))) }),
            t('market.uploaded', { at: format.instant(file.at), name: file.by?.name ?? '' }),
          ].join(' · ')}
        </div>
      </div>
      {file.used ? (
        <Chip>{t('market.fileUsed')}</Chip>
      ) : (
        canWrite && (
          <span className="pack-row-actions">
            <Button aria-label={t('market.named', { what: t('market.dropFile'), name: what })} onClick={ask}>
              {t('market.dropFile')}
            </Button>
          </span>
        )
      )}
    </li>
  );
}
