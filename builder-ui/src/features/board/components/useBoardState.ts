import { useMemo, useState } from 'react';
import { useUserNames } from '@/shared/api/names';
import { useFormat } from '@/shared/lib/useFormat';
import { useParamState } from '@/shared/lib/useParamState';
import { useRegions } from '../api/board';
import { conditionsOf, type Filters, laneKeys, tiers } from '../model/query';
import type { Lanes, View } from '../model/types';

export const noFilters = {
  q: undefined,
  tier: undefined,
  owner: undefined,
  region: undefined,
  overdue: undefined,
};
export type Mode = 'board' | 'table' | 'calendar' | 'gallery';

/** What the address says: which filters, lanes and picture; the view's own settings where it says nothing. */
export function useBoardState(view: View | undefined) {
  const { get, set } = useParamState();
  const { today } = useFormat();
  const names = useUserNames();
  const search = get('q');
  const [tier, owner, region, overdue] = [get('tier'), get('owner'), get('region'), get('overdue')];
  const asked = get('lanes') ?? view?.lanes;
  const sort = (['oldestDue', '-open', 'name'] as const).find((key) => key === get('sort'));
  const mode: Mode = (['table', 'calendar', 'gallery'] as const).find((key) => key === get('as')) ?? 'board';
  const lanes: Lanes | undefined = mode === 'board' ? laneKeys.find((key) => key === asked) : undefined;
  // Most mornings nobody wants to know the regions: they are asked for when somebody does.
  const [choosing, setChoosing] = useState(false);
  const regions = useRegions(view?.key ?? '', view !== undefined && (choosing || lanes === 'region'));

  const filters: Filters = useMemo(() => ({ tier, owner, region, overdue }), [tier, owner, region, overdue]);
  const conditions = useMemo(() => conditionsOf(filters, today), [filters, today]);
  const laneValues = useMemo(() => {
    if (lanes === 'tier') return tier ? [tier] : [...tiers, '-'];
    if (lanes === 'owner') return owner ? [owner] : [...(names.data ?? []).map(({ id }) => id), '-'];
    if (lanes === 'region') return region ? [region] : [...(regions.data ?? []), '-'];
    return [''];
  }, [lanes, tier, owner, region, names.data, regions.data]);
  const waiting = (lanes === 'owner' && names.isPending) || (lanes === 'region' && regions.isPending);

  const nameOf = useMemo(() => {
    const people = new Map((names.data ?? []).map(({ id, name }) => [id, name]));
    return (lane: string) => (lanes === 'owner' ? (people.get(lane) ?? lane) : lane);
  }, [lanes, names.data]);

  return {
    search,
    sort,
    filters,
    conditions,
    lanes,
    laneValues: waiting ? [] : laneValues,
    nameOf,
    mode,
    regions: regions.data ?? [],
    askRegions: () => setChoosing(true),
    people: names.data ?? [],
    filtered: Boolean(search || tier || owner || region || overdue),
    set,
  };
}

export type BoardState = ReturnType<typeof useBoardState>;
