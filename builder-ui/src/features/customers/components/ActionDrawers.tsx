import { Suspense, useEffect, useState } from 'react';
import type { AccountItem, CustomerPage } from '@/shared/api/types';
import { lazy } from '@/shared/lib/lazy';

export type Action =
  | { kind: 'pay' | 'promise' | 'hold' | 'liftHold'; item?: AccountItem }
  | {
      kind:
        | 'call'
        | 'stop'
        | 'confirmStop'
        | 'liftStop'
        | 'edit'
        | 'invoice'
        | 'viewers'
        | 'links'
        | 'giveOut'
        | 'erase';
    }
  | { kind: 'dispute' | 'credit' | 'writeOff' | 'cancel'; item: AccountItem }
  | { kind: 'correct'; item: AccountItem }
  | { kind: 'closeDispute' | 'assignDispute'; item: AccountItem; dispute: string };

type Props = { page: CustomerPage; action?: Action; onClose: () => void };

const Drawers = lazy(() => import('./Drawers'));
const EraseDrawer = lazy(() => import('../personal/EraseDrawer'));
const GiveOutDrawer = lazy(() => import('../personal/GiveOutDrawer'));
const LinksDrawer = lazy(() => import('../links/LinksDrawer'));
const ViewersDrawer = lazy(() => import('./ViewersDrawer'));

/** The forms load when the first one is asked for; the last one stays while it slides out. */
export function ActionDrawers({ page, action, onClose }: Props) {
  const [last, setLast] = useState(action);
  useEffect(() => {
    if (action) setLast(action);
  }, [action]);
  const shown = action ?? last;
  if (!shown) return null;
  if (shown.kind === 'links')
    return action ? (
      <Suspense fallback={null}>
        <LinksDrawer customer={page.record.id} name={page.record.data.name} onClose={onClose} />
      </Suspense>
    ) : null;
  if (shown.kind === 'giveOut')
    return action ? (
      <Suspense fallback={null}>
        <GiveOutDrawer customer={page.record.id} name={page.record.data.name} onClose={onClose} />
      </Suspense>
    ) : null;
  if (shown.kind === 'erase')
    return (
      <Suspense fallback={null}>
        <EraseDrawer record={page.record} open={action !== undefined} onClose={onClose} />
      </Suspense>
    );
  if (shown.kind === 'viewers')
    return action ? (
      <Suspense fallback={null}>
        <ViewersDrawer customer={page.record.id} name={page.record.data.name} onClose={onClose} />
      </Suspense>
    ) : null;
  return (
    <Suspense fallback={null}>
      <Drawers page={page} action={shown} open={action !== undefined} onClose={onClose} />
    </Suspense>
  );
}
