import { CheckOutlined, CopyOutlined } from '@ant-design/icons';
import { useMutation, useQuery } from '@tanstack/react-query';
import { Alert, Button, Form } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { ErrorState, Lines, useErrorText } from '@/shared/ui/states';
import { CodeItem } from './CodeItem';

type Enrolment = { secret: string; size: number; rows: string[] };

/** The picture as one path, so that no image has to be loaded. */
export function pathOf(rows: string[]): string {
  return rows
    .flatMap((row, y) =>
      [...row.matchAll(/1+/g)].map((run) => `M${run.index} ${y}h${run[0].length}v1h-${run[0].length}z`),
    )
    .join('');
}

/** Three steps to a second factor: scan, confirm, keep the recovery codes. */
export function TotpSetup({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  const begun = useQuery({
    queryKey: ['enrolment'],
    queryFn: () => api.post<Enrolment>('/session/totp'),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
  const confirm = useMutation({
    mutationFn: (values: { code: string }) => api.post<{ codes: string[] }>('/session/totp/confirm', values),
  });
  const { title, text } = useErrorText(confirm.error);
  if (begun.error) return <ErrorState error={begun.error} onRetry={() => begun.refetch()} />;
  if (!begun.data) return <Lines rows={5} />;
  if (confirm.data) return <Codes codes={confirm.data.codes} onDone={onDone} />;
  const { size, rows, secret } = begun.data;
  return (
    <div className="totp">
      <p>{t('entry.totpScan')}</p>
      <svg
        className="totp-qr"
        viewBox={`-2 -2 ${size + 4} ${size + 4}`}
        role="img"
        aria-label={t('entry.totpPicture')}
        shapeRendering="crispEdges"
      >
        <rect x={-2} y={-2} width={size + 4} height={size + 4} fill="#fff" />
        <path d={pathOf(rows)} fill="#000" />
      </svg>
      <p className="totp-secret">
        {t('entry.totpType')} <code className="num">{secret.replace(/(.{4})/g, '$1 ').trim()}</code>
      </p>
      {confirm.error && (
        <Alert type="error" role="alert" showIcon title={text || title} className="entry-alert" />
      )}
      <Form
        layout="vertical"
        requiredMark={false}
        onFinish={(values: { code: string }) => confirm.mutate(values)}
      >
        <CodeItem />
        <Button type="primary" htmlType="submit" loading={confirm.isPending}>
          {t('entry.totpConfirm')}
        </Button>
      </Form>
    </div>
  );
}

function Codes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  // Without a clipboard (plain http elsewhere than here) the codes can still be read and written down.
  const copy = () =>
    navigator.clipboard
      ?.writeText(codes.join('\n'))
      .then(() => setCopied(true))
      .catch(() => undefined);
  return (
    <div className="totp">
      <Alert
        type="success"
        showIcon
        role="status"
        title={t('entry.totpOn')}
        description={t('entry.codesText')}
      />
      <ul className="totp-codes num" aria-label={t('entry.codes')}>
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <span className="totp-keep">
        <Button icon={copied ? <CheckOutlined /> : <CopyOutlined />} onClick={copy}>
          {t(copied ? 'entry.codesCopied' : 'entry.codesCopy')}
        </Button>
        <Button type="primary" onClick={onDone}>
          {t('entry.codesKept')}
        </Button>
      </span>
    </div>
  );
}
