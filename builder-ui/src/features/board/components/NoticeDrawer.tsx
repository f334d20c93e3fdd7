import '../texts';
import { App, Button, Drawer, Grid } from 'antd';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { useFormat } from '@/shared/lib/useFormat';
import { Avatar } from '@/shared/ui/Avatar';
import { Empty, ErrorState, errorText, Lines } from '@/shared/ui/states';
import { useNotices, useReadNotices } from '../api/notices';
import type { Notice } from '../model/types';

export default function NoticeDrawer({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = App.useApp();
  const notices = useNotices();
  const read = useReadNotices();
  const phone = Grid.useBreakpoint().md === false;
  const mark = (ids?: string[]) =>
    read.mutate(ids, { onError: (error) => message.error(errorText(error, t).text) });
  return (
    <Drawer
      open={open}
      onClose={onClose}
      title={t('nav.notices')}
      size={phone ? '100%' : 400}
      extra={
        notices.unread > 0 && (
          <Button size="small" loading={read.isPending} onClick={() => mark()}>
            {t('notices.readAll')}
          </Button>
        )
      }
      classNames={{ body: 'notices' }}
    >
      {notices.error && notices.rows.length === 0 ? (
        <ErrorState error={notices.error} onRetry={() => notices.refetch()} />
      ) : notices.isPending ? (
        <Lines rows={5} />
      ) : notices.rows.length === 0 ? (
        <Empty title={t('notices.none')} text={t('notices.noneText')} />
      ) : (
        <ul className="notice-list">
          {notices.rows.map((notice) => (
            <Row
              key={notice.id}
              notice={notice}
              onOpen={() => {
                if (!notice.read) mark([notice.id]);
                onClose();
              }}
              onRead={() => mark([notice.id])}
            />
          ))}
        </ul>
      )}
      {notices.hasNextPage && (
        <div className="table-foot">
          <Button size="small" loading={notices.isFetchingNextPage} onClick={() => notices.fetchNextPage()}>
            {t('timeline.older')}
          </Button>
        </div>
      )}
    </Drawer>
  );
}

type RowProps = { notice: Notice; onOpen: () => void; onRead: () => void };

function Row({ notice, onOpen, onRead }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { by, customer, kind, text, at, read } = notice;
  return (
    <li className={read ? 'notice' : 'notice notice-new'}>
      {by ? <Avatar name={by.name} /> : <span className="notice-gap" />}
      <div className="notice-body">
        <p className="notice-what">
          {by ? t(`notices.kind.${kind}`, { who: by.name }) : t(`notices.kind.${kind}Auto`)}{' '}
          <time className="list-dim num" dateTime={at}>
            {format.instant(at)}
          </time>
        </p>
        {customer && (
          <Link className="row-title" to={`/board?card=${customer.id}`} onClick={onOpen}>
            {customer.name}
          </Link>
        )}
        {text && <p className="notice-text">{text}</p>}
      </div>
      {!read && (
        <Button type="text" size="small" onClick={onRead}>
          {t('notices.read')}
        </Button>
      )}
    </li>
  );
}
