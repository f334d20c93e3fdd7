/** The currencies offered in pickers. */
export const currencies = [
  'CNY',
  'USD',
  'EUR',
  'GBP',
  'HKD',
  'JPY',
  'SGD',
  'AUD',
  'CAD',
  'CHF',
  'KRW',
  'TWD',
];

/** "人民币（CNY）": a currency as people call it, with its code. */
export function currencyName(currency: string, locale: string): string {
  const name = new Intl.DisplayNames(locale, { type: 'currency', fallback: 'none' }).of(currency);
  if (!name) return currency;
  return locale === 'zh-CN' ? `${name}（${currency}）` : `${name} (${currency})`;
}

const digitsByCurrency = new Map<string, number>();

/** Minor-unit digits of a currency: 2 for CNY, 0 for JPY, 3 for KWD; 2 when unknown. */
export function currencyDigits(currency: string): number {
  let digits = digitsByCurrency.get(currency);
  if (digits === undefined) {
    try {
      digits =
        new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
          .maximumFractionDigits ?? 2;
    } catch {
      digits = 2;
    }
    digitsByCurrency.set(currency, digits);
  }
  return digits;
}

/** Minor units as an exact decimal string, without passing through a float: 123456 CNY is "1234.56". */
export function toMajor(amount: number, currency: string): string {
  const digits = currencyDigits(currency);
  const sign = amount < 0 ? '-' : '';
  const text = String(Math.abs(Math.trunc(amount))).padStart(digits + 1, '0');
  return digits === 0 ? sign + text : `${sign}${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

/** A typed decimal in minor units; undefined when it is no number or has more digits than the currency. */
export function toMinor(text: string, currency: string): number | undefined {
  const digits = currencyDigits(currency);
  const match = /^(-?)(\d+)(?:\.(\d*))?$/.exec(text.replaceAll(/[,\s]/g, ''));
  if (!match) return undefined;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > digits) return undefined;
  const minor = Number(`${match[2]}${fraction.padEnd(digits, '0')}`);
  if (!Number.isSafeInteger(minor)) return undefined;
  return match[1] && minor !== 0 ? -minor : minor;
}

const formats = new Map<string, Intl.NumberFormat>();

/** Money for people, in the invoice's own currency; the long symbol, so that JP¥ and CN¥ stay apart. */
export function formatMoney(amount: number, currency: string, locale: string): string {
  const key = `${locale}/${currency}`;
  let format = formats.get(key);
  if (!format) {
    try {
      format = new Intl.NumberFormat(locale, { style: 'currency', currency });
    } catch {
      format = new Intl.NumberFormat(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
    }
    formats.set(key, format);
  }
  // Intl takes a decimal string exactly; the cast is for typings that know only numbers.
  return format.format(toMajor(amount, currency) as unknown as number);
}
