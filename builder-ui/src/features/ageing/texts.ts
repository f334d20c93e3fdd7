import { addTexts } from '@/shared/i18n';
import en from './i18n/en.json';
import zh from './i18n/zh.json';

addTexts({ en, zh });
