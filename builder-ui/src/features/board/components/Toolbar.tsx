import { AppstoreOutlined, CalendarOutlined, TableOutlined } from '@ant-design/icons';
import { Segmented, Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { FilterBar, Pick, SearchBox } from '@/shared/ui/Filters';
import { filtersIn, laneKeys, overdueSteps, tiers } from '../model/query';
import type { View } from '../model/types';
import type { BoardState, Mode } from './useBoardState';

export function Toolbar({ view, state }: { view: View; state: BoardState }) {
  const { t } = useTranslation();
  const { filters, set } = state;
  const saved = filtersIn(view.filter);
  const said = [
    saved.tier && t('customer.tierOf', { tier: saved.tier }),
    saved.owner && state.people.find(({ id }) => id === saved.owner)?.name,
    saved.region,
  ].filter(Boolean);
  return (
    <FilterBar>
      <SearchBox label={t('board.search')} value={state.search ?? ''} onSearch={(q) => set({ q })} />
      {said.length > 0 && <span className="chip chip-blue">{said.join(' · ')}</span>}
      <Pick
        label={t('customer.tier')}
        value={filters.tier}
        options={tiers.map((tier) => ({ value: tier, label: t('customer.tierOf', { tier }) }))}
        onChange={(tier) => set({ tier })}
      />
      <Pick
        label={t('customer.owner')}
        value={filters.owner}
        options={state.people.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(owner) => set({ owner })}
      />
      <Pick
        label={t('board.region')}
        value={filters.region}
        options={state.regions.map((region) => ({ value: region, label: region }))}
        onChange={(region) => set({ region })}
      />
      <Pick
        label={t('board.overdueFor')}
        value={filters.overdue}
        options={overdueSteps.map((days) => ({ value: days, label: t('board.overdueSteps', { days }) }))}
        onChange={(overdue) => set({ overdue })}
      />
      <Select
        className="pick"
        aria-label={t('board.lanes')}
        value={state.lanes ?? 'none'}
        popupMatchSelectWidth={false}
        onChange={(lanes) => set({ lanes })}
        options={[
          { value: 'none', label: t('board.laneBy.none') },
          ...laneKeys.map((key) => ({ value: key, label: t(`board.laneBy.${key}`) })),
        ]}
      />
      <Segmented<Mode>
        className="board-modes"
        aria-label={t('board.mode')}
        value={state.mode}
        onChange={(as) => set({ as: as === 'board' ? undefined : as })}
        options={[
          { value: 'board', icon: <AppstoreOutlined />, label: t('board.modes.board') },
          { value: 'table', icon: <TableOutlined />, label: t('board.modes.table') },
          { value: 'calendar', icon: <CalendarOutlined />, label: t('board.modes.calendar') },
        ]}
      />
    </FilterBar>
  );
}
