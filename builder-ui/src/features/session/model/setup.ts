import type { Lang } from '@/shared/api/types';

export type SetupValues = {
  token: string;
  language: Lang;
  workspace: { key: string; name: string };
  admin: { name: string; email: string; password: string };
  calendar: string;
  timezone: string;
  currency: string;
  sample: boolean;
};

export const calendars = ['cn', 'weekdays', 'us', 'gb', 'de'];

export function setupDefaults(language: Lang, token: string | undefined): Partial<SetupValues> {
  const chinese = language === 'zh-CN';
  return {
    token,
    language,
    calendar: chinese ? 'cn' : 'weekdays',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || (chinese ? 'Asia/Shanghai' : 'UTC'),
    currency: chinese ? 'CNY' : 'USD',
    sample: true,
  };
}

export const setupBody = (values: SetupValues, language: Lang): SetupValues => ({ ...values, language });

/** A key from a name's Latin letters; a purely Chinese name gives "main". */
export function keyFromName(name: string): string {
  const key = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 24);
  return key.length >= 2 ? key : 'main';
}

/** The wizard's step that holds a field the server refused. */
export function stepOfField(path: string): number {
  const root = path.split('.')[0] ?? '';
  if (root === 'admin') return 1;
  if (root === 'calendar' || root === 'timezone' || root === 'currency') return 2;
  return root === 'sample' ? 3 : 0;
}
