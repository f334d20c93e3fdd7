import { BellOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { lazy } from '@/shared/lib/lazy';
import { useNotices } from '../api/notices';

const NoticeDrawer = lazy(() => import('./NoticeDrawer'));

/** What colleagues and flows want one to know; the list loads when it is asked for. */
export function NoticeBell() {
  const { t } = useTranslation();
  const { unread } = useNotices();
  const [open, setOpen] = useState(false);
  const [used, setUsed] = useState(false);
  return (
    <>
      <Button
        type="text"
        className="bell"
        icon={<BellOutlined />}
        aria-label={unread > 0 ? t('nav.noticesUnread', { count: unread }) : t('nav.notices')}
        aria-haspopup="dialog"
        aria-expanded={open}
        onClick={() => {
          setUsed(true);
          setOpen(true);
        }}
      >
        {unread > 0 && (
          <span className="bell-count num" aria-hidden>
            {unread > 99 ? '99+' : unread}
          </span>
        )}
      </Button>
      {used && (
        <Suspense fallback={null}>
          <NoticeDrawer open={open} onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}
