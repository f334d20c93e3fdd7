import { readTexts } from '@/shared/i18n';

await readTexts(
  () => import('./i18n/en.json'),
  () => import('./i18n/zh.json'),
);
