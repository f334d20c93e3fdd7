import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useToday } from '../api/clock';
import { useSession } from '../api/session';
import type { Lang, Text } from '../api/types';
import { localeOf } from '../i18n';
import { type DateStyle, dateOf, formatDate, formatInstant, formatTime, relativeDays } from './date';
import { formatMoney } from './money';

/** Formatters bound to the reader's language, the workspace's time zone and the server's date. */
export function useFormat() {
  const { i18n } = useTranslation();
  const zone = useSession().data?.workspace.timezone || 'UTC';
  const today = useToday(zone);
  const lang = (i18n.language === 'zh-CN' ? 'zh-CN' : 'en') as Lang;
  return useMemo(() => {
    const locale = localeOf(lang);
    const other = lang === 'en' ? 'zh-CN' : 'en';
    return {
      lang,
      locale,
      today,
      zone,
      money: (amount: number, currency: string) => formatMoney(amount, currency, locale),
      date: (date?: string, style?: DateStyle) => formatDate(date, locale, style),
      instant: (instant?: string) => formatInstant(instant, locale, zone, today),
      time: (instant: string) => formatTime(instant, locale, zone),
      dayOf: (instant: string) => dateOf(instant, zone),
      relative: (date: string) => relativeDays(date.length > 10 ? dateOf(date, zone) : date, today, locale),
      /** A reason as a line of its own: it starts with a capital. */
      reason: (text?: Partial<Text>) => {
        const line = text?.[lang] || text?.[other] || '';
        return line.charAt(0).toUpperCase() + line.slice(1);
      },
      number: (value: number) => new Intl.NumberFormat(locale).format(value),
      /** The first of some names, and how many more there are. */
      few: (names: string[], most = 2) => {
        const shown = names.slice(0, most).join(lang === 'en' ? ', ' : '、');
        return names.length > most ? `${shown} +${names.length - most}` : shown;
      },
      text: (text?: Partial<Text> | string) =>
        typeof text === 'string' ? text : text?.[lang] || text?.[other] || '',
    };
  }, [lang, today, zone]);
}

export type Format = ReturnType<typeof useFormat>;
