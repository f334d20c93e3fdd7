/** Money of minor units, as the reader writes it. */
export function money(lang: string, amount: number, currency: string, digits: number): string {
  const value = amount / 10 ** digits;
  try {
    return new Intl.NumberFormat(lang, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }).format(value);
  } catch {
    return `${currency} ${value.toFixed(digits)}`;
  }
}

export function date(lang: string, day: string): string {
  // As the letters write it: the day before the month, in words.
  return new Intl.DateTimeFormat(lang === 'en' ? 'en-GB' : lang, {
    dateStyle: 'medium',
    timeZone: 'UTC',
  }).format(new Date(`${day}T00:00:00Z`));
}

/** Minor units of what somebody typed: 1,200.50 or 1200,5; null for what is no amount. */
export function minor(text: string, digits: number): number | null {
  const bare = text
    .replace(/[\s'_]/g, '')
    .replace(/[.,](?=\d{3}(\D|$))/g, '')
    .replace(',', '.');
  if (!/^\d{1,12}(\.\d+)?$/.test(bare)) return null;
  const [whole = '', part = ''] = bare.split('.');
  if (part.length > digits) return null;
  return Number(whole + part.padEnd(digits, '0'));
}
