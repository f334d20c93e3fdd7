import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '@/shared/api/client';
import { keys } from '@/shared/api/query';
import { useFormat } from '@/shared/lib/useFormat';
import type { Look } from '../canvas/view';

export type Overlay = {
  hash: string;
  nodes: Record<string, { active?: number; paused?: number; parked?: number; nextWake?: string }>;
  older?: { hash: string; version: number; runs: number }[];
};

export const useOverlayData = (key: string, enabled = true) =>
  useQuery({
    queryKey: [...keys.runs, 'overlay', key],
    queryFn: () => api.get<Overlay>(`/flows/${encodeURIComponent(key)}/overlay`),
    enabled,
    refetchInterval: 15_000,
  });

/** Where runs stand, as badges for the steps. */
export function useOverlay(key: string, on: boolean): Map<string, Pick<Look, 'badge' | 'mark'>> | undefined {
  const { t } = useTranslation();
  const format = useFormat();
  const { data } = useOverlayData(key, on);
  return useMemo(() => {
    if (!on || !data) return undefined;
    const badges = new Map<string, Pick<Look, 'badge' | 'mark'>>();
    for (const [id, counts] of Object.entries(data.nodes)) {
      const standing = (counts.active ?? 0) + (counts.paused ?? 0);
      if (!standing && !counts.parked) continue;
      badges.set(id, {
        mark: counts.parked ? 'parked' : 'here',
        badge: (
          <>
            {standing > 0 && (
              <span className="badge-runs">
                {t('designer.standing', { count: standing, number: format.number(standing) })}
              </span>
            )}
            {counts.parked ? (
              <span className="badge-parked">{t('designer.parked', { count: counts.parked })}</span>
            ) : null}
            {counts.nextWake && (
              <span className="badge-wake">
                {t('designer.waitingUntil', { date: format.instant(counts.nextWake) })}
              </span>
            )}
          </>
        ),
      });
    }
    return badges;
  }, [on, data, t, format]);
}
