import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { localeOf } from '../i18n';
import { api } from './client';

export type CalendarVersion = {
  version: number;
  file?: string;
  off: number;
  work: number;
  at: string;
  by?: { id: string; name: string };
};
export type Calendar = {
  id: string;
  /** Of one's own calendars; built-in ones are named by id. */
  name?: string;
  own: boolean;
  base?: string;
  version?: number;
  /** Years with data; in others weekdays are taken for workdays. */
  years: number[];
  off?: number;
  work?: number;
  file?: string;
  at?: string;
  by?: { id: string; name: string };
  past?: CalendarVersion[];
};

export const calendarsKey = ['calendars'] as const;

export const useCalendars = () =>
  useQuery({
    queryKey: calendarsKey,
    queryFn: () => api.get<{ items: Calendar[]; channels: string[] }>('/calendars'),
    staleTime: 60_000,
  });

/** Names of calendars: one's own by their name, built-in ones by what they are, else by country. */
export function useCalendarName() {
  const { t, i18n } = useTranslation();
  const own = useCalendars().data?.items;
  const regions = new Intl.DisplayNames([localeOf(i18n.language === 'zh-CN' ? 'zh-CN' : 'en')], {
    type: 'region',
  });
  return (id: string | undefined) => {
    if (!id) return t('calendar.weekdays');
    const named = own?.find((calendar) => calendar.id === id)?.name;
    if (named) return named;
    const country = /^[a-z]{2}$/.test(id) ? regions.of(id.toUpperCase()) : undefined;
    return t(`calendar.${id}`, { defaultValue: country ?? id });
  };
}

/** All calendars to choose from, one's own first. */
export function useCalendarOptions() {
  const name = useCalendarName();
  const { i18n } = useTranslation();
  const list = useCalendars().data?.items ?? [];
  const options = list.map(({ id, own }) => ({ value: id, label: name(id), own }));
  const first = (id: string) => ['cn', 'weekdays', 'everyday'].includes(id);
  return options.sort(
    (a, b) =>
      Number(b.own) - Number(a.own) ||
      Number(first(b.value)) - Number(first(a.value)) ||
      a.label.localeCompare(b.label, i18n.language),
  );
}
