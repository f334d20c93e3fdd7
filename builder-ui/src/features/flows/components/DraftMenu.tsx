import { DownOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { App, Button, Dropdown } from 'antd';
import { Suspense, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { ApiError } from '@/shared/api/client';
import { lazy } from '@/shared/lib/lazy';
import { errorText } from '@/shared/ui/states';
import {
  type ConflictProblem,
  draftKey,
  dropPrivate,
  makePrivate,
  rebasePrivate,
  sharePrivate,
  type Take,
} from '../api/designer';
import { toDocument } from '../model/draft';
import type { Conflict } from '../model/sync';
import { useDesigner, useDesignerStore } from '../store/designer';
import { useFlush } from '../store/flush';
import { download } from './download';

const ExportPack = lazy(() => import('./ExportPack'));
const PrivateConflicts = lazy(() => import('./PrivateConflicts'));

/** Private draft, export, and what else is done to a draft as a whole. */
export function DraftMenu() {
  const { t } = useTranslation();
  const { message, modal } = App.useApp();
  const client = useQueryClient();
  const navigate = useNavigate();
  const store = useDesignerStore();
  const flush = useFlush();
  const key = useDesigner((state) => state.key);
  const mine = useDesigner((state) => state.mine);
  const readOnly = useDesigner((state) => state.readOnly);
  const catalog = useDesigner((state) => state.catalog);
  const head = useDesigner((state) => state.head);
  const [clash, setClash] = useState<{ what: 'rebase' | 'share'; conflicts: Conflict[]; take: Take }>();
  const [packing, setPacking] = useState(false);
  const fresh = () => client.removeQueries({ queryKey: draftKey(key, true).slice(0, 2) });
  const failed = (error: unknown) => message.error(errorText(error, t).text);

  const merge = async (what: 'rebase' | 'share', take: Take) => {
    await flush();
    try {
      await (what === 'rebase' ? rebasePrivate(key, take) : sharePrivate(key, take));
      setClash(undefined);
      fresh();
      message.success(t(`designer.private.${what}Done`));
      navigate({ search: what === 'share' ? '' : `?mine=1&at=${Date.now()}` });
    } catch (error) {
      const problem = error instanceof ApiError ? (error.problem as ConflictProblem) : undefined;
      const rows = problem?.conflicts;
      if (!rows?.length) return failed(error);
      const { sync } = store.getState();
      setClash({
        what,
        take,
        conflicts: rows.map((row) => ({ ...row, mine: row.mine ?? sync.local[row.unit] })),
      });
    }
  };
  const run = async (what: string) => {
    if (what === 'export') {
      const { sync, head } = store.getState();
      return download(`${key}.json`, JSON.stringify(toDocument(sync.local, head), null, 2));
    }
    if (what === 'pack') {
      await flush(); // the server makes it of the draft that it has
      return setPacking(true);
    }
    if (what === 'make') {
      await flush();
      await makePrivate(key).then(() => {
        fresh();
        navigate({ search: '?mine=1' });
      }, failed);
    }
    if (what === 'shared') return navigate({ search: '' });
    if (what === 'rebase' || what === 'share') return merge(what, {});
    if (what === 'drop')
      modal.confirm({
        title: t('designer.private.dropTitle'),
        content: t('designer.private.dropText'),
        okText: t('designer.private.drop'),
        cancelText: t('action.cancel'),
        okButtonProps: { danger: true },
        icon: null,
        onOk: () =>
          dropPrivate(key).then(() => {
            fresh();
            navigate({ search: '' });
          }, failed),
      });
  };
  const items = [
    ...(readOnly
      ? []
      : mine
        ? ['share', 'rebase', 'shared', 'drop'].map((what) => ({
            key: what,
            label: t(`designer.private.${what}`),
            danger: what === 'drop',
          }))
        : [{ key: 'make', label: t('designer.private.make') }]),
    { key: 'export', label: t('designer.export') },
    { key: 'pack', label: t('designer.pack.menu') },
  ];
  return (
    <>
      <Dropdown trigger={['click']} menu={{ items, onClick: ({ key: what }) => void run(what) }}>
        <Button type="text">
          {t(mine ? 'designer.private.mine' : 'designer.private.sharedDraft')}
          <DownOutlined className="user-caret" />
        </Button>
      </Dropdown>
      {packing && (
        <Suspense fallback={null}>
          <ExportPack flow={key} name={head.name} about={head.about} onClose={() => setPacking(false)} />
        </Suspense>
      )}
      {clash && (
        <Suspense fallback={null}>
          <PrivateConflicts
            conflicts={clash.conflicts}
            catalog={catalog}
            onClose={() => setClash(undefined)}
            onSolve={(unit, side) => {
              const take = { ...clash.take, [unit]: side };
              const left = clash.conflicts.filter((entry) => entry.unit !== unit);
              if (left.length) setClash({ ...clash, take, conflicts: left });
              else void merge(clash.what, take);
            }}
          />
        </Suspense>
      )}
    </>
  );
}
