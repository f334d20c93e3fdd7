/** "中国标准时间（Asia/Shanghai）": a zone as people call it, with the name that settings use. */
export function zoneName(zone: string, locale: string): string {
  const said = new Intl.DateTimeFormat(locale, { timeZone: zone, timeZoneName: 'longGeneric' })
    .formatToParts()
    .find(({ type }) => type === 'timeZoneName')?.value;
  if (!said || said === zone) return zone;
  return locale === 'zh-CN' ? `${said}（${zone}）` : `${said} (${zone})`;
}

/** The time zones that the browser knows, by their IANA names. */
export function timezones(): string[] {
  const zones = Intl.supportedValuesOf('timeZone');
  return zones.includes('UTC') ? zones : ['UTC', ...zones];
}
