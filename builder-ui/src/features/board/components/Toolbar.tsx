import { AppstoreOutlined, CalendarOutlined, ProjectOutlined, TableOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useTranslation } from 'react-i18next';
import { filtersIn, laneKeys, overdueSteps, tiers } from '../model/query';
import type { View } from '../model/types';
import { BoardSearch, Choice, MenuPick } from './parts';
import { type BoardState, type Mode, noFilters } from './useBoardState';

const sorts = ['oldestDue', '-open', 'name'];
const icons = {
  board: <ProjectOutlined />,
  table: <TableOutlined />,
  calendar: <CalendarOutlined />,
  gallery: <AppstoreOutlined />,
};

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
    <search className="board-bar" aria-label={t('table.filters')}>
      <BoardSearch label={t('board.search')} value={state.search ?? ''} onSearch={(q) => set({ q })} />
      <div className="board-picks">
        {said.length > 0 && <span className="chip chip-blue">{said.join(' · ')}</span>}
        <MenuPick
          label={t('customer.tier')}
          none={t('board.any')}
          value={filters.tier}
          options={tiers.map((tier) => ({ value: tier, label: t('customer.tierOf', { tier }) }))}
          onChange={(tier) => set({ tier })}
        />
        <MenuPick
          label={t('customer.owner')}
          none={t('board.any')}
          value={filters.owner}
          options={state.people.map(({ id, name }) => ({ value: id, label: name }))}
          onChange={(owner) => set({ owner })}
        />
        <MenuPick
          label={t('board.region')}
          none={t('board.any')}
          value={filters.region}
          options={state.regions.map((region) => ({ value: region, label: region }))}
          onChange={(region) => set({ region })}
          onOpen={state.askRegions}
        />
        <MenuPick
          label={t('board.overdueFor')}
          none={t('board.any')}
          value={filters.overdue}
          options={overdueSteps.map((days) => ({ value: days, label: t('board.overdueSteps', { days }) }))}
          onChange={(overdue) => set({ overdue })}
        />
        {state.mode === 'board' && (
          <MenuPick
            label={t('board.lanes')}
            none={t('board.laneBy.none')}
            value={state.lanes}
            options={laneKeys.map((key) => ({ value: key, label: t(`board.laneBy.${key}`) }))}
            onChange={(lanes) => set({ lanes: lanes ?? (view.lanes ? 'none' : undefined) })}
          />
        )}
        <MenuPick
          label={t('board.sort')}
          none={t(`board.sortBy.${view.sort || 'oldestDue'}`)}
          value={state.sort}
          options={sorts.map((key) => ({ value: key, label: t(`board.sortBy.${key}`) }))}
          onChange={(sort) => set({ sort })}
        />
        {state.filtered && (
          <Button type="text" onClick={() => set(noFilters)}>
            {t('table.clear')}
          </Button>
        )}
      </div>
      <Choice<Mode>
        label={t('board.mode')}
        value={state.mode}
        onChange={(as) => set({ as: as === 'board' ? undefined : as })}
        options={(['board', 'table', 'calendar', 'gallery'] as const).map((value) => ({
          value,
          label: t(`board.modes.${value}`),
          icon: icons[value],
        }))}
      />
    </search>
  );
}
