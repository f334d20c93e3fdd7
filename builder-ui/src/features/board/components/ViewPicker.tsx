import { DownOutlined } from '@ant-design/icons';
import { App, Button, Dropdown, type MenuProps } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useCan, useMe } from '@/shared/api/session';
import { lazy } from '@/shared/lib/lazy';
import { useFormat } from '@/shared/lib/useFormat';
import { errorText } from '@/shared/ui/states';
import { useDeleteView } from '../api/board';
import type { View } from '../model/types';
import { inMain } from './context';

const ViewDrawer = lazy(() => import('./ViewDrawer'));

/** The board's views: the shipped one, shared ones and one's own; and what can be done with the one shown. */
export function ViewPicker({ view, views }: { view: View; views: View[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const me = useMe();
  const mayShare = useCan('settings.write');
  const navigate = useNavigate();
  const remove = useDeleteView();
  const { modal, message } = App.useApp();
  const [editing, setEditing] = useState<'new' | 'change'>();
  const [used, setUsed] = useState(false);
  const mayChange = !view.builtin && (view.owner === me.user.id || mayShare);
  const show = (what: 'new' | 'change') => {
    setUsed(true);
    setEditing(what);
  };

  const items: MenuProps['items'] = [
    {
      key: 'views',
      type: 'group',
      label: t('board.views'),
      children: views.map(({ key, name, shared, builtin }) => ({
        key: `view:${key}`,
        label: `${format.text(name)}${builtin ? '' : ` · ${t(shared ? 'board.shared' : 'board.private')}`}`,
      })),
    },
    { type: 'divider' },
    { key: 'new', label: t('board.saveView') },
    ...(mayChange
      ? [
          { key: 'change', label: t('board.changeView') },
          { key: 'delete', label: t('board.deleteView'), danger: true },
        ]
      : []),
  ];
  const pick = (key: string) => {
    if (key === 'new' || key === 'change') show(key);
    else if (key === 'delete')
      modal.confirm({
        title: t('board.deleteTitle', { name: format.text(view.name) }),
        content: t('board.deleteText'),
        okText: t('board.deleteView'),
        okButtonProps: { danger: true },
        cancelText: t('action.cancel'),
        icon: null,
        onOk: () =>
          remove
            .mutateAsync(view.key)
            .then(() => navigate('/board'))
            .catch((error) => message.error(errorText(error, t).text)),
      });
    else {
      const to = key.slice('view:'.length);
      navigate(to === 'collection' ? '/board' : `/board/${to}`);
    }
  };
  return (
    <>
      <Dropdown
        getPopupContainer={inMain}
        trigger={['click']}
        menu={{ items, selectedKeys: [`view:${view.key}`], onClick: ({ key }) => pick(key) }}
      >
        <Button size="small">
          {t('board.views')} <DownOutlined />
        </Button>
      </Dropdown>
      {used && (
        <Suspense fallback={null}>
          <ViewDrawer view={view} editing={editing} onClose={() => setEditing(undefined)} />
        </Suspense>
      )}
    </>
  );
}
