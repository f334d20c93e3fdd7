import { useTranslation } from 'react-i18next';
import type { Lang } from '../api/types';
import { languages, setLanguage } from '../i18n';

/** Each language is named in itself, so that its reader finds it. */
const names: Record<Lang, string> = { 'zh-CN': '中文', en: 'EN' };

export function LanguageSwitch({ onChange }: { onChange?: (lang: Lang) => void }) {
  const { t, i18n } = useTranslation();
  return (
    <fieldset className="lang-switch">
      <legend className="sr-only">{t('nav.language')}</legend>
      {languages.map((lang) => (
        <button
          key={lang}
          type="button"
          lang={lang}
          aria-pressed={i18n.language === lang}
          onClick={() => {
            setLanguage(lang);
            onChange?.(lang);
          }}
        >
          {names[lang]}
        </button>
      ))}
    </fieldset>
  );
}
