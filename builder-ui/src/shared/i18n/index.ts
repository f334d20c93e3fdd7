import type { Locale } from 'antd/es/locale';
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { setRequestLanguage } from '../api/client';
import type { Lang } from '../api/types';

const storageKey = 'dueflow.language';
export const languages: Lang[] = ['zh-CN', 'en'];

/** Dates and money in English follow day-month order; the words come from en.json. */
export const localeOf = (lang: string) => (lang === 'zh-CN' ? 'zh-CN' : 'en-GB');

function remembered(): Lang {
  try {
    const stored = localStorage.getItem(storageKey);
    if (stored === 'en' || stored === 'zh-CN') return stored;
  } catch {
    // Storage may be closed (private windows); the browser's language decides.
  }
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en';
}

function apply(lang: string) {
  document.documentElement.lang = lang;
  setRequestLanguage(lang);
}

/** The words of antd's own controls, by language, as far as they are read. */
export const controlWords = new Map<Lang, Locale>();

const files: Record<Lang, () => Promise<void>> = {
  en: async () => {
    const [{ default: en }, { default: words }] = await Promise.all([
      import('./en.json'),
      import('antd/locale/en_US'),
    ]);
    addTexts({ en, zh: {} });
    controlWords.set('en', words);
  },
  'zh-CN': async () => {
    const [{ default: zh }, { default: words }] = await Promise.all([
      import('./zh.json'),
      import('antd/locale/zh_CN'),
      import('dayjs/locale/zh-cn'),
    ]);
    addTexts({ en: {}, zh });
    controlWords.set('zh-CN', words);
  },
};
const read = new Map<Lang, Promise<void>>();

/** The shared texts of a language; each file is read once, the reader's own first. */
function texts(lang: Lang): Promise<void> {
  const reading = read.get(lang) ?? files[lang]();
  read.set(lang, reading);
  return reading;
}

export async function setLanguage(lang: Lang) {
  try {
    localStorage.setItem(storageKey, lang);
  } catch {
    // Not remembered, still applied.
  }
  await texts(lang);
  return i18next.changeLanguage(lang);
}

type Texts = { [key: string]: string | Texts };

/** What a page brought along before there was a place for it. */
const early: { en: Texts; zh: Texts }[] = [];

/** Adds a feature's own texts, so that they load with the feature and not with the first page. */
export function addTexts(texts: { en: Texts; zh: Texts }) {
  if (!i18next.isInitialized) {
    early.push(texts);
    return;
  }
  i18next.addResourceBundle('en', 'translation', texts.en, true, true);
  i18next.addResourceBundle('zh-CN', 'translation', texts.zh, true, true);
}

type TextFile = () => Promise<{ default: Texts }>;

/**
 * Reads a feature's texts from a file for each language: the reader's is waited for, the other one follows, for when
 * somebody switches. A page may come before i18next is ready; the document knows the language by then.
 */
export async function readTexts(en: TextFile, zh: TextFile): Promise<void> {
  const english = () => en().then(({ default: texts }) => addTexts({ en: texts, zh: {} }));
  const chinese = () => zh().then(({ default: texts }) => addTexts({ en: {}, zh: texts }));
  const [first, second] = document.documentElement.lang === 'zh-CN' ? [chinese, english] : [english, chinese];
  await first();
  void second();
}

export async function initI18n(lang: Lang = remembered()) {
  i18next.on('languageChanged', apply);
  apply(lang);
  await i18next.use(initReactI18next).init({
    lng: lang,
    fallbackLng: 'en',
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
    nsSeparator: false,
  });
  for (const texts of early.splice(0)) addTexts(texts);
  await texts(lang);
  void texts(lang === 'en' ? 'zh-CN' : 'en');
}
