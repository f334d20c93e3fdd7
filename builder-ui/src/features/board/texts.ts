import i18next from 'i18next';
import { addTexts } from '@/shared/i18n';

const chinese = i18next.language === 'zh-CN';
const readEnglish = () => import('./i18n/en.json').then(({ default: en }) => addTexts({ en, zh: {} }));
const readChinese = () => import('./i18n/zh.json').then(({ default: zh }) => addTexts({ en: {}, zh }));

// The reader's language is waited for; the other one is there when somebody switches.
await (chinese ? readChinese() : readEnglish());
void (chinese ? readEnglish() : readChinese());
